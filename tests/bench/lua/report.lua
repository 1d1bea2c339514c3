-- What wrk measured, as one line of JSON (wrk itself prints for people).
local report = {}

function report.done(summary, latency)
  io.write(string.format(
    '\nJSON {"requests": %d, "seconds": %f, "broken": %d, "refused": %d, "p50": %f, "p99": %f, "bytes": %d}\n',
    summary.requests, summary.duration / 1e6,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    summary.errors.status, latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.bytes))
end

return report
