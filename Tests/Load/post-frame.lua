-- wrk script: posts one picture again and again. Environment: FRAME (file), TOKEN, STUDENTS (how many take turns).
local file = assert(io.open(os.getenv("FRAME"), "rb"))
local picture = file:read("*a")
file:close()
local students = tonumber(os.getenv("STUDENTS") or "1")
local turn = 0

wrk.method = "POST"
wrk.headers["Content-Type"] = "image/jpeg"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")

request = function()
    turn = turn % students + 1
    return wrk.format(nil, "/v1/sessions/load/students/s" .. turn .. "/frames", nil, picture)
end

done = function(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        "%d requests, %.0f/s, p50 %.1f ms, p99 %.1f ms, %d not 2xx, %d socket errors\n",
        summary.requests, summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
        latency:percentile(99) / 1e3, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
