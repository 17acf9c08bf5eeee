-- wrk script: each thread posts the requests of its own file, each once, and stops when they are used up.
-- Arguments: PREFIX LENGTH, as given to and printed by events.js. Prints one line of JSON.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  file = assert(io.open(arguments[1] .. "." .. number, "rb"))
  length = tonumber(arguments[2])
end

function request()
  local bytes = file:read(length)
  if bytes then last = bytes else wrk.thread:stop() end
  return last
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"seconds":%.3f,"accepted":%d,"refused":%d,"broken":%d,"p50_ms":%.2f,"p99_ms":%.2f}',
    summary.duration / 1e6, summary.requests - errors.status, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
