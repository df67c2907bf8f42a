import Concentration

extension TimelineStore {
    /// The tokens that are valid at a moment, with their hashes: what a server keeps in memory.
    public func validTokens(at now: Timestamp) throws(StoreError) -> [(token: TokenRecord, hash: [UInt8])] {
        try read("reading the valid tokens") { connection throws(StoreError) in
            try connection.all(
                """
                SELECT t.key, t.hash, t.role, c.id, st.id, t.label, t.created_at, t.expires_at
                FROM tokens t LEFT JOIN classes c ON c.key = t.class LEFT JOIN students st ON st.key = t.student
                WHERE t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > ?1) ORDER BY t.key
                """, now
            ) { row throws(StoreError) in
                let token = TokenRecord(
                    id: row.key(0), role: try row.value(2, of: "tokens", "role"), classID: row.optional(3, Row.text),
                    student: row.optional(4, Row.text), label: row.text(5), createdAt: row.time(6),
                    expiresAt: row.optional(7, Row.time))
                return (token, row.blob(1))
            }
        }
    }
}
