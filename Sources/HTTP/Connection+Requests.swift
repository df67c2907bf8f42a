import Threads

/// Reading requests and handing them on.
extension Connection {
    /// Takes one event from the parser; false if it needs more bytes.
    func parse(_ now: Instant) -> Bool {
        do {
            guard let event = try parser.next() else {
                if case .idle = phase, parser.isMidRequest { beginHead(now) }
                return false
            }
            switch event {
            case .head(var head):
                head.id = core.nextRequestID()
                admit(head, now)
            case .body(let piece): collect(piece, now)
            case .end: finishBody(now)
            }
        } catch {
            if case .body = phase { refuse(error, now) } else { refuseUnread(error, now) }
        }
        return true
    }

    private func beginHead(_ now: Instant) {
        phase = .head
        phaseDeadline = now + core.configuration.deadlines.head
    }

    private func admit(_ head: RequestHead, _ now: Instant) {
        (context, requestID) = (ResponseContext(head), head.id)
        core.counters.withLock { $0.requests += 1 }
        if isStopping { return refuse(.shuttingDown, now) }
        switch core.handler.admit(head) {
        case .refuse(let response): answerEarly(response, head, now)
        case .accept(let lane, let limit, let held):
            guard core.lanes.indices.contains(lane) else { return refuse(.internalError, now) }
            if let length = head.contentLength, length > limit { return refuse(.bodyTooLarge(limit: limit), now) }
            phase = .body(Upload(head: head, lane: lane, limit: limit, held: held))
            phaseDeadline = now + core.configuration.deadlines.body
            if head.expectsContinue, !parser.hasBufferedBytes { send([ResponseEncoder.continueResponse], now) }
        }
    }

    /// The application's refusal; the body is skipped if it is short and surely on its way.
    private func answerEarly(_ response: Response, _ head: RequestHead, _ now: Instant) {
        let isShort = !head.isChunked && (head.contentLength ?? 0) <= core.configuration.drainLimit
        if !isShort || head.expectsContinue { context.keepsAlive = false }
        phase = .answering
        deliver(core.encode(response, for: context, requestID: requestID), now)
        if case .idle = phase {
            phase = .draining
            phaseDeadline = now + core.configuration.deadlines.body
        }
    }

    private func collect(_ piece: [UInt8], _ now: Instant) {
        guard case .body(var upload) = phase else { return }
        guard piece.count <= upload.limit - upload.body.count else {
            return refuse(.bodyTooLarge(limit: upload.limit), now)
        }
        guard reserve(piece.count) else { return refuse(.overloaded("too many bodies at once"), now) }
        // Let go of the other reference, so that the body grows in place.
        phase = .idle
        upload.body += piece
        phase = .body(upload)
    }

    /// Counts bytes of a body being received; false if all bodies together are too large.
    private func reserve(_ count: Int) -> Bool {
        reserved += count
        return core.counters.withLock { counters in
            counters.bodyBytes += count
            return counters.bodyBytes <= core.configuration.bodyBytesLimit
        }
    }

    /// The body is dropped.
    func release() {
        if reserved > 0 { _ = handOver() }
    }

    /// The body's bytes stay counted for as long as what is returned lives.
    private func handOver() -> CountedBody {
        defer { reserved = 0 }
        return CountedBody(bytes: reserved, counters: core.counters)
    }

    private func finishBody(_ now: Instant) {
        switch phase {
        case .body(let upload): dispatch(upload, now)
        default: becomeIdle(now)
        }
    }

    private func dispatch(_ upload: Upload, _ now: Instant) {
        let (counted, held) = (handOver(), Monitor(upload.held))
        phase = .answering
        phaseDeadline = nil
        let request = Request(head: upload.head, body: upload.body)
        let isQueued = core.lanes[upload.lane].submit { [core, id, context, requestID] in
            let reply = Reply { response in
                defer { withExtendedLifetime(counted) {} }
                let response = response ?? core.refusal(.internalError, requestID: requestID)
                // Before the client knows of the answer: its next request may come at once.
                _ = held.withLock { $0.take() }
                core.mailbox.post(
                    .response(core.encode(response, for: context, requestID: requestID), connection: id))
            }
            core.handler.respond(to: request, reply: reply)
        }
        guard !isQueued else { return }
        let refusal = core.refusal(.overloaded("the queue is full"), requestID: requestID)
        deliver(core.encode(refusal, for: context, requestID: requestID), now)
    }

    func becomeIdle(_ now: Instant) {
        if isStopping { return phase = .closing }
        phase = .idle
        phaseDeadline = now + core.configuration.deadlines.idle
    }

    /// Refuses a request of which no head was read.
    func refuseUnread(_ error: RequestError, _ now: Instant) {
        (context, requestID) = (.unknown, core.nextRequestID())
        refuse(error, now)
    }

    /// Answers with an error and closes, whatever else the client sent.
    func refuse(_ error: RequestError, _ now: Instant) {
        release()
        context.keepsAlive = false
        phase = .answering
        deliver(core.encode(core.refusal(error, requestID: requestID), for: context, requestID: requestID), now)
    }
}
