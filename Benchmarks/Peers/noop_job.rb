# A job that does nothing, for Sidekiq's own program to run: `sidekiq -r ./noop_job.rb`.
require "sidekiq"

# Sidekiq 6 with a newer Redis client prints one warning per bulk push.
Redis.silence_deprecations = true if Redis.respond_to?(:silence_deprecations=)

connection = { url: ENV.fetch("PEER_REDIS_URL") }
Sidekiq.configure_server { |config| config.redis = connection }
Sidekiq.configure_client { |config| config.redis = connection }
Sidekiq.logger.level = Logger::ERROR

class NoopJob
  include Sidekiq::Worker

  def perform(_number); end
end
