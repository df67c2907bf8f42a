import Concentration
import HTTP
import StrictJSON
import Threads

/// Several pictures in one multipart/form-data body. A text part named `captured_at` gives the time of the pictures after it.
extension Service {
    func postForm(
        _ call: Call, _ frame: Frame, key: String?, capturedAt: Timestamp?, _ engine: Engine,
        _ finish: @escaping @Sendable (Response) -> Void
    ) throws {
        let pictures = try pictures(of: call, capturedAt: capturedAt)
        let results = FormResults(count: pictures.count, finish)
        for (index, picture) in pictures.enumerated() {
            let done: @Sendable (Result<Stored, any Error>) -> Void = { [self] result in
                switch result {
                case .success(let stored):
                    results.set(index, ["status": .number(stored.isNew ? 201 : 200), "report": stored.report.json])
                case .failure(let error):
                    let error = apiError(error, call.head)
                    results.set(
                        index,
                        [
                            "status": .number(Double(error.code.status)),
                            "error": error.json(requestID: String(call.head.id))["error"] ?? nil,
                        ])
                }
            }
            do {
                guard picture.bytes.count <= options.pictureLimit else {
                    throw APIError(
                        .bodyTooLarge,
                        "a picture of \(picture.bytes.count) bytes, at most \(options.pictureLimit) are accepted")
                }
                guard picture.type == "image/jpeg" || picture.type == "image/png" else {
                    throw APIError(.unsupportedMediaType, "a part must be image/jpeg or image/png")
                }
                let id = key.map { "\($0).\(index + 1)" } ?? randomIdentifier()
                if key != nil, let stored = try store.frame(id, session: frame.session.id, student: frame.student) {
                    done(.success(Stored(report: stored, isNew: false)))
                } else {
                    try checkOpen(frame.session)
                    let time = try checked(try picture.time.get(), frame)
                    analyse(picture.bytes, as: id, time, frame, engine, done)
                }
            } catch {
                done(.failure(error))
            }
        }
    }

    private struct Picture {
        var bytes: [UInt8]
        var type: String?
        var time: Result<Timestamp?, APIError>
    }

    private func pictures(of call: Call, capturedAt: Timestamp?) throws(APIError) -> [Picture] {
        var limits = MultipartForm.Limits(partBytes: options.multipartLimit)
        limits.parts = 2 * options.multipartParts
        let form: MultipartForm
        do {
            form = try MultipartForm(call.body, contentType: call.head.headers["Content-Type"], limits: limits)
        } catch {
            throw APIError(.invalidMultipart, "the multipart body is malformed: \(error)")
        }
        var pictures: [Picture] = []
        var time: Result<Timestamp?, APIError> = .success(capturedAt)
        for part in form.parts {
            if part.name == "captured_at" {
                let given = String(validating: part.body, as: UTF8.self).flatMap { Timestamp($0) }
                time =
                    given.map { .success($0) }
                    ?? .failure(APIError(.invalidTimestamp, "a captured_at part is no RFC 3339 time"))
            } else {
                pictures.append(Picture(bytes: part.body, type: part.contentType?.value, time: time))
            }
        }
        guard (1...options.multipartParts).contains(pictures.count) else {
            throw APIError(
                .invalidMultipart,
                "the form has \(pictures.count) pictures, 1 to \(options.multipartParts) are accepted")
        }
        return pictures
    }
}

/// Collects the results of a form in order and answers once all are there.
private final class FormResults: Sendable {
    private let results: Monitor<[JSON?]>
    private let finish: @Sendable (Response) -> Void

    init(count: Int, _ finish: @escaping @Sendable (Response) -> Void) {
        results = Monitor(Array(repeating: nil, count: count))
        self.finish = finish
    }

    func set(_ index: Int, _ result: JSON) {
        let all: [JSON]? = results.withLock { results in
            results[index] = result
            let known = results.compactMap { $0 }
            return known.count == results.count ? known : nil
        }
        if let all { finish(.json(["results": .array(all)], status: 207)) }
    }
}
