import CSQLite

/// The schema and its history. Docs/Database.md explains the tables.
enum Schema {
    /// One step from the version before it; never changed once released.
    struct Migration: Sendable {
        var version: Int
        var sql: String
        /// Derived tables are filled from the frames.
        var rebuildsRollups = false
    }

    static let migrations = [
        Migration(version: 1, sql: records),
        Migration(version: 2, sql: rollups, rebuildsRollups: true),
        Migration(version: 3, sql: pendingAndRules),
    ]

    static var newest: Int { migrations.last?.version ?? 0 }

    /// Brings the database to the newest version, or to `version` in tests; all or nothing.
    static func migrate(_ connection: Connection, to version: Int = newest) throws(StoreError) {
        connection.operation = "migrating the schema"
        // An exclusive look at the version: two processes may open the file at once.
        try connection.transaction("IMMEDIATE") { connection throws(StoreError) in
            let found = try connection.first("PRAGMA user_version") { row in row.integer(0) } ?? 0
            guard found <= newest else { throw .newerSchema(found: found, supported: newest) }
            for migration in migrations where migration.version > found && migration.version <= version {
                try connection.execute(migration.sql)
                if migration.rebuildsRollups { try connection.rebuildRollups() }
                try connection.execute("PRAGMA user_version = \(migration.version)")
            }
        }
    }

    /// Columns of one face's reading, the same in `frames` and `group_faces`.
    private static let reading = """
        status TEXT NOT NULL CHECK (status IN ('scored', 'no_face', 'several_faces', 'low_quality')),
        reasons TEXT NOT NULL,
        box_x REAL, box_y REAL, box_width REAL, box_height REAL, landmarks BLOB, face_score REAL,
        brightness REAL, contrast REAL, sharpness REAL, yaw REAL, pitch REAL, roll REAL,
        angry REAL, disgust REAL, fear REAL, happy REAL, sad REAL, surprise REAL, neutral REAL,
        score REAL CHECK ((score IS NOT NULL) = (status = 'scored')), level TEXT NOT NULL,
        gate_presence REAL NOT NULL, gate_quality REAL NOT NULL,
        rule INTEGER NOT NULL REFERENCES labels
        """

    /// Version 1: what was said and recorded.
    private static let records = """
        CREATE TABLE classes (
            key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, created_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE students (
            key INTEGER PRIMARY KEY AUTOINCREMENT, class INTEGER NOT NULL REFERENCES classes, id TEXT NOT NULL,
            display_name TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (class, id)
        ) STRICT;
        CREATE TABLE consents (
            key INTEGER PRIMARY KEY, student INTEGER NOT NULL REFERENCES students, granted INTEGER NOT NULL,
            notice_version TEXT NOT NULL, guardian INTEGER NOT NULL, given_at INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL, actor TEXT NOT NULL
        ) STRICT;
        CREATE INDEX consents_by_student ON consents (student, key);
        CREATE TABLE sessions (
            key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, class INTEGER NOT NULL REFERENCES classes,
            title TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER
        ) STRICT;
        CREATE INDEX sessions_by_class ON sessions (class, started_at, key);
        CREATE TABLE labels (key INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE frames (
            key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, session INTEGER NOT NULL REFERENCES sessions,
            student INTEGER NOT NULL REFERENCES students, captured_at INTEGER NOT NULL, received_at INTEGER NOT NULL,
            model INTEGER NOT NULL REFERENCES labels,
            decode_ms REAL NOT NULL, detect_ms REAL NOT NULL, classify_ms REAL NOT NULL, total_ms REAL NOT NULL,
            \(reading)
        ) STRICT;
        CREATE INDEX frames_by_student ON frames (student, session, captured_at, key, score);
        CREATE TABLE group_frames (
            key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, session INTEGER NOT NULL REFERENCES sessions,
            captured_at INTEGER NOT NULL, received_at INTEGER NOT NULL, model INTEGER NOT NULL REFERENCES labels,
            decode_ms REAL NOT NULL, detect_ms REAL NOT NULL, classify_ms REAL NOT NULL, total_ms REAL NOT NULL
        ) STRICT;
        CREATE INDEX group_frames_by_session ON group_frames (session, captured_at, key);
        CREATE TABLE group_faces (
            frame INTEGER NOT NULL REFERENCES group_frames, position INTEGER NOT NULL,
            \(reading),
            PRIMARY KEY (frame, position)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE tokens (
            key INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE,
            role TEXT NOT NULL CHECK (role IN ('admin', 'teacher', 'ingest', 'student')),
            class INTEGER REFERENCES classes, student INTEGER REFERENCES students, label TEXT NOT NULL,
            created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER, last_used_at INTEGER
        ) STRICT;
        CREATE INDEX tokens_by_student ON tokens (student);
        CREATE TABLE audit (
            key INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
            subject INTEGER, detail TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        """

    /// Version 2: what follows from the frames, so that no poll reads them.
    private static let rollups = """
        CREATE TABLE rollups (
            session INTEGER NOT NULL REFERENCES sessions, start INTEGER NOT NULL,
            student INTEGER NOT NULL REFERENCES students,
            scored INTEGER NOT NULL, score_sum REAL NOT NULL,
            no_face INTEGER NOT NULL, several_faces INTEGER NOT NULL, low_quality INTEGER NOT NULL,
            read INTEGER NOT NULL, angry REAL NOT NULL, disgust REAL NOT NULL, fear REAL NOT NULL,
            happy REAL NOT NULL, sad REAL NOT NULL, surprise REAL NOT NULL, neutral REAL NOT NULL,
            PRIMARY KEY (session, start, student)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX rollups_by_student ON rollups (student, session, start);
        CREATE TABLE attendance (
            session INTEGER NOT NULL REFERENCES sessions, student INTEGER NOT NULL REFERENCES students,
            received INTEGER NOT NULL, scored INTEGER NOT NULL, score_sum REAL NOT NULL,
            scored_windows INTEGER NOT NULL, first_captured_at INTEGER NOT NULL, last_captured_at INTEGER NOT NULL,
            last_status TEXT NOT NULL,
            PRIMARY KEY (session, student)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX attendance_by_student ON attendance (student, session);
        CREATE TABLE minutes (
            session INTEGER NOT NULL REFERENCES sessions, start INTEGER NOT NULL, revision INTEGER NOT NULL,
            PRIMARY KEY (session, start)
        ) STRICT, WITHOUT ROWID;
        """

    /// Version 3: work that a stop must not forget, and the rules of a session's scores.
    private static let pendingAndRules = """
        CREATE TABLE pending (work TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        CREATE TABLE session_rules (
            session INTEGER NOT NULL REFERENCES sessions, rule INTEGER NOT NULL REFERENCES labels,
            PRIMARY KEY (session, rule)
        ) STRICT, WITHOUT ROWID;
        \(sessionRules)
        """

    /// Fills `session_rules`.
    static let sessionRules = """
        INSERT INTO session_rules
            SELECT session, rule FROM frames WHERE score IS NOT NULL
            UNION SELECT g.session, a.rule FROM group_frames g JOIN group_faces a ON a.frame = g.key
                WHERE a.score IS NOT NULL;
        """
}
