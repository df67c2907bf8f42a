/// What the server asks of an application.
public protocol Handler: Sendable {
    /// Called on the reactor once the head is parsed, before any body byte is read: refuse early, or choose a lane and
    /// a body limit. Must not block.
    func admit(_ head: RequestHead) -> Admission

    /// Called on a worker of the chosen lane. `reply` must be called once, now or later, from any thread;
    /// if it is dropped uncalled the server answers 500.
    func respond(to request: Request, reply: Reply)

    /// The response for what the server itself refuses: parse errors, deadlines, full queues (`retryAfter` seconds
    /// set). Called on the reactor or, for a dropped reply, on the thread that dropped it; must not block.
    func refusal(status: Int, code: String, message: String, requestID: UInt64, retryAfter: Int?) -> Response
}

extension Handler {
    /// Plain text with the message.
    public func refusal(status: Int, code: String, message: String, requestID: UInt64, retryAfter: Int?) -> Response {
        var response = Response.text("\(code): \(message)\n", status: status)
        if let retryAfter { response.headers.set("Retry-After", String(retryAfter)) }
        return response
    }
}

public enum Admission: Sendable {
    /// `lane` is an index into `ServerConfiguration.lanes`, `bodyLimit` in bytes. `held` is kept until the request is answered,
    /// or its connection has closed before all of it came: its `deinit` says so.
    case accept(lane: Int, bodyLimit: Int, held: (any AnyObject & Sendable)? = nil)
    /// Answered from the reactor without a worker. The connection stays open if the unread body is announced and at
    /// most `ServerConfiguration.drainLimit` long; otherwise it is closed.
    case refuse(Response)
}
