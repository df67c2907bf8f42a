import Timelines

extension APIError {
    /// What a client is told of a failure in the store; nil where it is not the client's to know.
    init?(storeError error: any Error) {
        guard let error = error as? StoreError else { return nil }
        switch error {
        case .classNotFound: self.init(.classNotFound, error.description)
        case .studentNotFound: self.init(.studentNotFound, error.description)
        case .sessionNotFound: self.init(.sessionNotFound, error.description)
        case .tokenNotFound: self.init(.notFound, error.description)
        case .classExists: self.init(.classExists, error.description)
        case .sessionExists: self.init(.sessionExists, error.description)
        case .sessionEnded: self.init(.sessionEnded, error.description)
        case .consentRequired: self.init(.consentRequired, error.description)
        case .frameConflict: self.init(.idempotencyConflict, "this Idempotency-Key belongs to another frame")
        case .invalidCursor: self.init(.invalidQuery, "\"cursor\" is not one this list gave")
        case .overloaded: self.init(.overloaded, error.description)
        case .database(let cause) where cause.isBusy: self.init(.overloaded, "the database is busy")
        case .closed, .newerSchema, .unsupportedPath, .notClassPulse, .corruptRow, .database: return nil
        }
    }
}
