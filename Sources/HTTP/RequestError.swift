/// Why a request was refused by the protocol, with the status that answers it. The connection is closed after it.
public struct RequestError: Error, Sendable, Hashable {
    public let status: Int
    /// One of the codes in Docs/API.md.
    public let code: String
    public let message: String

    static func badRequest(_ message: String) -> RequestError {
        RequestError(status: 400, code: "bad_request", message: message)
    }
    static let timeout = RequestError(
        status: 408, code: "request_timeout", message: "the request did not arrive in time")
    static func bodyTooLarge(limit: Int) -> RequestError {
        RequestError(status: 413, code: "body_too_large", message: "the body is longer than \(limit) bytes")
    }
    static func targetTooLong(limit: Int) -> RequestError {
        RequestError(status: 414, code: "target_too_long", message: "the request line is longer than \(limit) bytes")
    }
    static func expectationFailed(_ value: String) -> RequestError {
        RequestError(status: 417, code: "expectation_failed", message: "unknown expectation \"\(value)\"")
    }
    static func headerTooLarge(_ message: String) -> RequestError {
        RequestError(status: 431, code: "header_too_large", message: message)
    }
    static let internalError = RequestError(
        status: 500, code: "internal_error", message: "the server could not answer")
    static func unsupportedTransferCoding(_ value: String) -> RequestError {
        RequestError(
            status: 501, code: "unsupported_transfer_coding", message: "only chunked is supported, not \"\(value)\"")
    }
    static func overloaded(_ message: String) -> RequestError {
        RequestError(status: 503, code: "overloaded", message: message)
    }
    static let shuttingDown = RequestError(
        status: 503, code: "shutting_down", message: "the server is shutting down")
    static func unsupportedVersion(_ version: String) -> RequestError {
        RequestError(
            status: 505, code: "unsupported_version",
            message: "only HTTP/1.0 and HTTP/1.1 are supported, not \"\(version)\"")
    }
}
