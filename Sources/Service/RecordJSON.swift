import Concentration
import StrictJSON
import Timelines

extension ClassRecord {
    var json: JSON { ["id": .string(id), "name": .string(name), "created_at": .string(createdAt.text)] }
}

extension StudentRecord {
    var json: JSON {
        [
            "id": .string(id), "class": .string(classID), "display_name": .string(displayName),
            "consent": consent?.consent.json ?? .null, "created_at": .string(createdAt.text),
        ]
    }
}

extension Consent {
    var json: JSON {
        [
            "granted": .bool(granted), "notice_version": .string(noticeVersion), "guardian": .bool(guardian),
            "time": .string(time.text),
        ]
    }
}

extension ConsentRecord {
    var json: JSON {
        [
            "granted": .bool(consent.granted), "notice_version": .string(consent.noticeVersion),
            "guardian": .bool(consent.guardian), "time": .string(consent.time.text),
            "recorded_at": .string(recordedAt.text), "actor": .string(actor),
        ]
    }
}

extension SessionRecord {
    var json: JSON {
        [
            "id": .string(id), "class": .string(classID), "title": .string(title),
            "started_at": .string(startedAt.text),
            "ended_at": .text(endedAt?.text),
        ]
    }
}

extension TokenRecord {
    /// Without its secret, which nobody knows.
    public var json: JSON {
        [
            "id": .string(String(id)), "role": .string(role.rawValue), "class": .text(classID),
            "student": .text(student),
            "label": .string(label), "created_at": .string(createdAt.text), "expires_at": .text(expiresAt?.text),
            "revoked_at": .text(revokedAt?.text),
        ]
    }
}
