import Concentration

extension TimelineStore {
    /// The trail, oldest first.
    public func auditTrail(limit: Int, after cursor: String? = nil) throws(StoreError) -> Page<AuditEntry> {
        let after = try cursor.map { text throws(StoreError) in try Cursor(text, of: .audit) }?.key ?? 0
        return try read("reading the audit trail") { connection throws(StoreError) in
            let rows = try connection.all(
                "SELECT key, at, actor, action, subject, detail FROM audit WHERE key > ?1 ORDER BY key LIMIT ?2", after,
                limit + 1
            ) { row throws(StoreError) in
                let entry = AuditEntry(
                    id: row.key(0), at: row.time(1), actor: row.text(2),
                    action: try row.value(3, of: "audit", "action"), subject: row.optional(4, Row.key),
                    detail: row.text(5))
                return (entry, Cursor(key: entry.id))
            }
            return Page(rows, limit: limit, of: .audit)
        }
    }
}

extension Connection {
    func audit(
        _ action: AuditAction, subject: Int64?, actor: String, at now: Timestamp, detail: String
    ) throws(StoreError) {
        try run(
            "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5)", now, actor,
            action.rawValue, subject, detail)
    }
}
