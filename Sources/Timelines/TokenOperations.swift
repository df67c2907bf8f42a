import Concentration

extension TimelineStore {
    /// Stores the hash of a new token; the token itself never reaches the store.
    /// - Throws: `classNotFound`, `studentNotFound`.
    public func createToken(
        hash: [UInt8], role: TokenRole, class classID: String?, student: String?, label: String,
        expiresAt: Timestamp? = nil, actor: String, at now: Timestamp
    ) throws(StoreError) -> TokenRecord {
        try write("creating a token") { connection throws(StoreError) in
            let classKey = try classID.map { id throws(StoreError) in try connection.classKey(id) }
            var studentKey: Int64?
            if let classID, let student { studentKey = try connection.student(student, in: classID).key }
            try connection.run(
                """
                INSERT INTO tokens (hash, role, class, student, label, created_at, expires_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                """, hash, role.rawValue, classKey, studentKey, label, now, expiresAt)
            let key = connection.lastKey
            try connection.audit(
                .tokenCreated, subject: studentKey, actor: actor, at: now, detail: "token=\(key) role=\(role.rawValue)")
            return TokenRecord(
                id: key, role: role, classID: classID, student: student, label: label, createdAt: now,
                expiresAt: expiresAt)
        }
    }

    /// In the order of their creation, revoked and expired ones too.
    public func tokens() throws(StoreError) -> [TokenRecord] {
        try read("listing tokens") { connection throws(StoreError) in
            try connection.all(Self.tokenQuery + " ORDER BY t.key", read: Self.token)
        }
    }

    /// A token that was revoked stays so, with its first time.
    /// - Throws: `tokenNotFound`.
    public func revokeToken(_ id: Int64, actor: String, at now: Timestamp) throws(StoreError) -> TokenRecord {
        try write("revoking a token") { connection throws(StoreError) in
            try connection.run("UPDATE tokens SET revoked_at = ?2 WHERE key = ?1 AND revoked_at IS NULL", id, now)
            if connection.changes == 1 {
                try connection.audit(.tokenRevoked, subject: nil, actor: actor, at: now, detail: "token=\(id)")
            }
            guard let token = try connection.first(Self.tokenQuery + " WHERE t.key = ?1", id, read: Self.token) else {
                throw .tokenNotFound(id)
            }
            return token
        }
    }

    private static let tokenQuery = """
        SELECT t.key, t.role, c.id, st.id, t.label, t.created_at, t.expires_at, t.revoked_at
        FROM tokens t LEFT JOIN classes c ON c.key = t.class LEFT JOIN students st ON st.key = t.student
        """

    private static func token(_ row: Row) throws(StoreError) -> TokenRecord {
        TokenRecord(
            id: row.key(0), role: try row.value(1, of: "tokens", "role"), classID: row.optional(2, Row.text),
            student: row.optional(3, Row.text), label: row.text(4), createdAt: row.time(5),
            expiresAt: row.optional(6, Row.time), revokedAt: row.optional(7, Row.time))
    }
}
