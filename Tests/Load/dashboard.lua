-- wrk script: polls the dashboard of the loaded lesson. Environment: TOKEN.
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
wrk.path = "/v1/sessions/load/dashboard"

done = function(summary, latency, requests)
    io.write(string.format(
        "%d requests, %.0f/s, p50 %.2f ms, p99 %.2f ms, %d not 2xx\n",
        summary.requests, summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
        latency:percentile(99) / 1e3, summary.errors.status))
end
