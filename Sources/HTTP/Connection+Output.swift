import Glibc

/// Writing responses.
extension Connection {
    /// The answer to the request being answered.
    func deliver(_ response: EncodedResponse, _ now: Instant) {
        guard case .answering = phase else {
            response.stream?.close()
            return
        }
        core.counters.withLock { $0.responses[response.status, default: 0] += 1 }
        phaseDeadline = nil
        send(response.segments, now)
        context.keepsAlive = !response.closes
        if let stream = response.stream {
            begin(stream, isChunked: response.isChunked)
        } else {
            finishResponse(now)
        }
    }

    private func finishResponse(_ now: Instant) {
        if context.keepsAlive { becomeIdle(now) } else { phase = .closing }
    }

    private func begin(_ stream: ResponseStream, isChunked: Bool) {
        phase = .streaming(stream, isChunked: isChunked)
        core.counters.withLock { $0.openStreams += 1 }
        stream.attach { [mailbox = core.mailbox, id] in mailbox.post(.streamReady(connection: id)) }
        if peerFinished { return close() }
        if isStopping { stream.finish() }
    }

    /// Moves what the stream has to the output; false if it has nothing.
    func pump(_ stream: ResponseStream, isChunked: Bool, _ now: Instant) -> Bool {
        switch stream.take() {
        case .nothing: return false
        case .bytes(let bytes):
            send([ResponseEncoder.chunk(bytes, isChunked: isChunked)], now)
        case .finished:
            if isChunked { send([ResponseEncoder.lastChunk], now) }
            finishResponse(now)
            end(stream)
        case .overflowed: close()
        }
        return true
    }

    func end(_ stream: ResponseStream) {
        core.counters.withLock { $0.openStreams -= 1 }
        stream.close()
    }

    func send(_ segments: [[UInt8]], _ now: Instant) {
        output += segments
        if writeDeadline == nil { writeDeadline = now + core.configuration.deadlines.write }
    }

    /// Writes until nothing is left or the socket is full.
    func flush(_ now: Instant) {
        while writable, let segment = output.first {
            let more = output.count > 1 ? Int32(MSG_MORE) : 0
            let count = segment.withUnsafeBytes { bytes in
                Glibc.send(
                    socket, bytes.baseAddress.map { $0 + written }, bytes.count - written,
                    Int32(MSG_NOSIGNAL) | more)
            }
            if count >= 0 {
                core.counters.withLock { $0.bytesSent += count }
                written += count
                if written == segment.count {
                    output.removeFirst()
                    written = 0
                }
            } else if errno == EAGAIN {
                writable = false
            } else if errno != EINTR {
                return close()
            }
        }
        if output.isEmpty { writeDeadline = nil }
    }
}
