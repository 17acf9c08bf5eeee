-- wrk script: gets the paths of a file, one a line; each thread goes through its own part of them, again and again.
-- Arguments: FILE. Each request comes from another address, as a proxy tells. Prints one line of JSON.
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(arguments)
  local mine = 0
  paths = {}
  for path in io.lines(arguments[1]) do
    if mine % 2 == number or number > 1 then paths[#paths + 1] = path end
    mine = mine + 1
  end
  sent = 0
end

function request()
  sent = sent + 1
  local address = string.format("10.%d.%d.%d", number, math.floor(sent / 256) % 256, sent % 256)
  return wrk.format("GET", paths[(sent - 1) % #paths + 1], { ["X-Forwarded-For"] = address })
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"seconds":%.3f,"requests":%d,"refused":%d,"broken":%d,"bytes":%d,"p50_ms":%.2f,"p99_ms":%.2f}',
    summary.duration / 1e6, summary.requests, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, summary.bytes,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
