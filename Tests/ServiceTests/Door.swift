import Foundation
import HTTP
import StrictJSON
import TestSupport
import Threads

@testable import Service

/// One way into the service: by calling the handler, or over a socket to a running server.
protocol Door: Sendable {
    func send(_ method: String, _ target: String, headers: [(String, String)], body: [UInt8]) throws
        -> HTTPClient.Answer
}

extension HTTPClient: Door {}

/// Calls the handler as the server would, without a socket.
struct InProcess: Door {
    let service: Service

    func send(_ method: String, _ target: String, headers: [(String, String)], body: [UInt8]) throws
        -> HTTPClient.Answer
    {
        var head = try RequestHead(method: method, target: target, headers: Headers(headers))
        if !body.isEmpty || method == "POST" || method == "PUT" {
            head.headers.add("Content-Length", String(body.count))
            head.contentLength = body.count
        }
        let admission = service.admit(head)
        defer { withExtendedLifetime(admission) {} }
        switch admission {
        case .refuse(let response): return answer(response, method)
        case .accept(_, let limit, _):
            if body.count > limit {
                return answer(
                    service.refusal(status: 413, code: "body_too_large", message: "", requestID: 0, retryAfter: nil),
                    method)
            }
        }
        let answered = DispatchSemaphore(value: 0)
        let slot = Monitor<Response?>(nil)
        service.respond(
            to: Request(head: head, body: body),
            reply: Reply { response in
                slot.withLock { $0 = response }
                answered.signal()
            })
        answered.wait()
        guard let response = slot.withLock({ $0 }) else {
            throw HTTPClient.Failure(description: "the reply was dropped")
        }
        return answer(response, method)
    }

    private func answer(_ response: Response, _ method: String) -> HTTPClient.Answer {
        var body: [UInt8] = []
        if case .bytes(let bytes) = response.body, method != "HEAD" { body = bytes }
        let headers = response.headers.fields.map { ($0.name.lowercased(), $0.value) }
        return HTTPClient.Answer(status: response.status, headers: Dictionary(headers) { $1 }, body: body)
    }
}

extension HTTPClient.Answer {
    var json: JSON { (try? JSON(parsing: body)) ?? .null }
    var errorCode: String? {
        if case .string(let code)? = json["error"]?["code"] { code } else { nil }
    }
    /// `200`, or `404 class_not_found`.
    var outcome: String { errorCode.map { "\(status) \($0)" } ?? "\(status)" }
}
