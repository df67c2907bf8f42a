import StrictJSON

/// What a client is told when a request fails: `{"error":{"code","message","request_id","retryable"}}`.
public struct APIError: Error, Sendable, Hashable {
    public var code: Code
    public var message: String
    /// Whole seconds for `Retry-After`; given exactly where trying again may help.
    public var retryAfter: Int?

    public init(_ code: Code, _ message: String, retryAfter: Int? = nil) {
        (self.code, self.message, self.retryAfter) = (code, message, retryAfter ?? code.defaultRetryAfter)
    }

    /// Every code this service answers with. Those of the protocol itself (`bad_request`, `target_too_long` …) come from `HTTP`.
    public enum Code: String, Sendable, CaseIterable {
        case invalidJSON = "invalid_json"
        case invalidField = "invalid_field"
        case missingField = "missing_field"
        case invalidIdentifier = "invalid_identifier"
        case invalidQuery = "invalid_query"
        case invalidTimestamp = "invalid_timestamp"
        case capturedAtInFuture = "captured_at_in_future"
        case capturedAtOutOfRange = "captured_at_out_of_range"
        case invalidMultipart = "invalid_multipart"
        case invalidIdempotencyKey = "invalid_idempotency_key"
        case unauthorized
        case forbidden
        case consentRequired = "consent_required"
        case notFound = "not_found"
        case classNotFound = "class_not_found"
        case studentNotFound = "student_not_found"
        case sessionNotFound = "session_not_found"
        case methodNotAllowed = "method_not_allowed"
        case classExists = "class_exists"
        case sessionExists = "session_exists"
        case sessionEnded = "session_ended"
        case idempotencyConflict = "idempotency_conflict"
        case bodyTooLarge = "body_too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case notAnImage = "not_an_image"
        case truncatedImage = "truncated_image"
        case corruptImage = "corrupt_image"
        case imageTooSmall = "image_too_small"
        case imageTooLarge = "image_too_large"
        case tooManyRequests = "too_many_requests"
        case internalError = "internal_error"
        case overloaded
        case notReady = "not_ready"

        public var status: Int {
            switch self {
            case .invalidJSON, .invalidField, .missingField, .invalidIdentifier, .invalidQuery, .invalidTimestamp,
                .capturedAtInFuture, .capturedAtOutOfRange, .invalidMultipart, .invalidIdempotencyKey:
                400
            case .unauthorized: 401
            case .forbidden, .consentRequired: 403
            case .notFound, .classNotFound, .studentNotFound, .sessionNotFound: 404
            case .methodNotAllowed: 405
            case .classExists, .sessionExists, .sessionEnded, .idempotencyConflict: 409
            case .bodyTooLarge: 413
            case .unsupportedMediaType: 415
            case .notAnImage, .truncatedImage, .corruptImage, .imageTooSmall, .imageTooLarge: 422
            case .tooManyRequests: 429
            case .internalError: 500
            case .overloaded, .notReady: 503
            }
        }

        var defaultRetryAfter: Int? { [429, 503].contains(status) ? 1 : nil }
    }

    func json(requestID: String) -> JSON {
        Self.json(code: code.rawValue, message: message, requestID: requestID, retryable: retryAfter != nil)
    }

    /// The one shape of an error, for this service's own codes and those of `HTTP`.
    static func json(code: String, message: String, requestID: String, retryable: Bool) -> JSON {
        [
            "error": [
                "code": .string(code), "message": .string(message), "request_id": .string(requestID),
                "retryable": .bool(retryable),
            ]
        ]
    }
}
