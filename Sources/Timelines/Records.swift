import Concentration

public struct ClassRecord: Sendable, Hashable {
    public var id, name: String
    public var createdAt: Timestamp
}

public struct StudentRecord: Sendable, Hashable {
    public var id: String
    public var classID: String
    public var displayName: String
    /// The newest entry of the history; nil where none was ever recorded.
    public var consent: ConsentRecord?
    public var createdAt: Timestamp
}

/// What somebody said about the processing of a student's pictures.
public struct Consent: Sendable, Hashable {
    public var granted: Bool
    /// Version of the notice that was shown.
    public var noticeVersion: String
    /// Given by a parent or guardian.
    public var guardian: Bool
    /// When it was given; may be earlier than its record.
    public var time: Timestamp
    public init(granted: Bool, noticeVersion: String, guardian: Bool, time: Timestamp) {
        (self.granted, self.noticeVersion, self.guardian, self.time) = (granted, noticeVersion, guardian, time)
    }
}

/// An entry of the consent history, which only grows until the student is erased.
public struct ConsentRecord: Sendable, Hashable {
    public var consent: Consent
    public var recordedAt: Timestamp
    /// Who recorded it, such as `token:7`.
    public var actor: String
}

public struct SessionRecord: Sendable, Hashable {
    public var id: String
    public var classID: String
    public var title: String
    public var startedAt: Timestamp
    public var endedAt: Timestamp?
}

public enum TokenRole: String, Sendable, Hashable, CaseIterable {
    case admin, teacher, ingest, student
}

/// A bearer token without its secret.
public struct TokenRecord: Sendable, Hashable {
    public var id: Int64
    public var role: TokenRole
    /// Nil for an admin.
    public var classID: String?
    /// Set for a student only.
    public var student: String?
    public var label: String
    public var createdAt: Timestamp
    public var expiresAt, revokedAt: Timestamp?

    public func isValid(at now: Timestamp) -> Bool {
        revokedAt == nil && expiresAt.map { now < $0 } ?? true
    }
}

/// An entry of the audit trail: what was done, without personal content.
public struct AuditEntry: Sendable, Hashable {
    public var id: Int64
    public var at: Timestamp
    /// Who did it, such as `token:7` or `command`.
    public var actor: String
    public var action: AuditAction
    /// The student's internal number: the same in all entries about one student, in no other table once erased.
    public var subject: Int64?
    /// Counts and versions only.
    public var detail: String
}

public enum AuditAction: String, Sendable, Hashable, CaseIterable {
    case consentGranted = "consent_granted"
    case consentWithdrawn = "consent_withdrawn"
    case studentErased = "student_erased"
    case tokenCreated = "token_created"
    case tokenRevoked = "token_revoked"
}

/// What an erasure removed.
public struct Erasure: Sendable, Hashable {
    public var frames, rollups, consents, tokens: Int
    /// False where the file could not be rewritten, so that free space may hold copies of erased bytes until
    /// `classpulse db vacuum`.
    public var isRewritten: Bool
    /// The rewritten file is still in the log, and the old one in place, since somebody reads an older snapshot, such as a
    /// backup: what is erased goes within a second or so of that reader's end.
    public var isInLog: Bool
}

/// Some entries of a list, and where to go on.
public struct Page<Element: Sendable>: Sendable {
    public var elements: [Element]
    /// Opaque; nil at the end.
    public var next: String?
}

extension Page: Equatable where Element: Equatable {}

/// What became of a frame given to `append`.
public enum Appended: Sendable, Hashable {
    case stored
    /// The frame id was known already; this is what is stored under it.
    case replayed(FrameReport)
}
