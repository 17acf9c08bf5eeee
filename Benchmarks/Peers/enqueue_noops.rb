# Enqueues as many no-op jobs as the first argument says.
require_relative "noop_job"

(1..Integer(ARGV.fetch(0))).each_slice(1000) do |numbers|
  Sidekiq::Client.push_bulk("class" => NoopJob, "args" => numbers.map { |number| [number] })
end
