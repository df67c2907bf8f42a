import Concentration
import HTTP
import Threads
import Timelines

/// The tokens in memory, so that the reactor can refuse a request without touching the database. `reload` brings in what
/// another process, such as `classpulse token revoke`, has changed.
public final class TokenRegistry: Sendable {
    private struct Entry {
        var hash: [UInt8]
        var principal: Principal
        var expiresAt: Timestamp?
    }

    private let store: TimelineStore
    private let adminToken: [UInt8]?
    private let now: @Sendable () -> Timestamp
    /// By the first eight bytes of the hash; the whole of it is then compared in constant time.
    private let entries = Monitor<[UInt64: [Entry]]>([:])
    /// Reloads so far, held during one: an older state must not replace a newer one.
    private let reloads = Monitor(0)

    public init(
        store: TimelineStore, adminToken: TokenSecret? = nil,
        now: @escaping @Sendable () -> Timestamp = ServiceOptions().now
    ) throws {
        (self.store, self.now) = (store, now)
        self.adminToken = adminToken?.hash
        try reload()
    }

    public func reload() throws {
        try reloads.withLock { count in
            count += 1
            var fresh: [UInt64: [Entry]] = [:]
            for (token, hash) in try store.validTokens(at: now()) {
                let principal = Principal(
                    role: token.role, classID: token.classID, studentID: token.student, tokenID: token.id)
                fresh[Self.key(hash), default: []].append(
                    Entry(hash: hash, principal: principal, expiresAt: token.expiresAt))
            }
            entries.withLock { $0 = fresh }
        }
    }

    /// - Throws: `unauthorized` without a known token.
    func principal(of head: RequestHead) throws(APIError) -> Principal {
        let lines = head.headers.values("Authorization")
        guard lines.count == 1, let line = lines.first, line.prefix(7).lowercased() == "bearer " else {
            throw APIError(.unauthorized, "this needs the header Authorization: Bearer <token>")
        }
        guard let principal = principal(of: TokenSecret(String(line.dropFirst(7)))) else {
            throw APIError(.unauthorized, "this token is unknown, expired or revoked")
        }
        return principal
    }

    func principal(of secret: TokenSecret) -> Principal? {
        let hash = secret.hash
        if let adminToken, TokenSecret.equal(adminToken, hash) { return Principal(role: .admin) }
        let candidates = entries.withLock { $0[Self.key(hash)] ?? [] }
        let entry = candidates.first { TokenSecret.equal($0.hash, hash) }
        guard let entry, entry.expiresAt.map({ now() < $0 }) ?? true else { return nil }
        return entry.principal
    }

    /// Whether the token has neither been revoked nor expired since.
    func isValid(_ principal: Principal) -> Bool {
        guard let id = principal.tokenID else { return true }
        return entries.withLock { entries in
            entries.values.contains {
                $0.contains { $0.principal.tokenID == id && $0.expiresAt.map { now() < $0 } ?? true }
            }
        }
    }

    /// Makes a token; only its hash is stored.
    /// - Parameters:
    ///   - label: empty for none.
    ///   - expiresAt: from when on it is refused; nil for never.
    /// - Throws: `invalid_field` where the role and the bounds do not fit, or the label is no `Text.isLabel`;
    ///   `invalid_timestamp` where it would have expired already; `class_not_found`, `student_not_found`.
    public func create(
        role: Role, class classID: String?, student: String?, label: String, expiresAt: Timestamp? = nil, actor: String
    ) throws -> (record: TokenRecord, secret: TokenSecret) {
        let needsClass = role != .admin
        guard needsClass == (classID != nil), (role == .student) == (student != nil) else {
            throw APIError(
                .invalidField,
                "a token of role \(role.rawValue) needs \(needsClass ? "a class" : "no class") and \(role == .student ? "a student" : "no student")"
            )
        }
        guard label.isEmpty || Text.isLabel(label) else {
            throw APIError(.invalidField, "\"label\" \(Text.labelRule)")
        }
        let now = now()
        if let expiresAt, expiresAt <= now {
            throw APIError(.invalidTimestamp, "\"expires_at\" must lie in the future")
        }
        let secret = TokenSecret.random()
        let record = try store.createToken(
            hash: secret.hash, role: role, class: classID, student: student, label: label, expiresAt: expiresAt,
            actor: actor, at: now)
        try? reload()  // stored all the same: where this fails, the next reload finds it
        return (record, secret)
    }

    private static func key(_ hash: [UInt8]) -> UInt64 { hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
