import Concentration
import StrictJSON

/// The JSON schemas (2020-12) of `components` in `/openapi.json`. Tests hold every answer against them.
enum Schemas {
    static func reference(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(name)")] }

    static let all: [JSON.Member] = requests + records + readings + views

    // MARK: Building blocks

    /// An object with these members and no others; those whose name ends in `?` may be missing.
    static func object(_ members: [(String, JSON)]) -> JSON {
        let required = members.filter { !$0.0.hasSuffix("?") }.map { JSON.string($0.0) }
        let properties = members.map { name, schema in
            JSON.Member(name.hasSuffix("?") ? String(name.dropLast()) : name, schema)
        }
        return [
            "type": "object", "properties": .object(properties), "required": .array(required),
            "additionalProperties": false,
        ]
    }

    static func list(_ items: JSON) -> JSON { ["type": "array", "items": items] }
    static func nullable(_ schema: JSON) -> JSON { ["anyOf": [schema, ["type": "null"]]] }
    static func oneOf(_ values: [String]) -> JSON { ["type": "string", "enum": .array(values.map(JSON.string))] }
    static func page(_ name: String, _ schema: String) -> JSON {
        object([(name, list(reference(schema))), ("next", nullable(string))])
    }

    static let string: JSON = ["type": "string"]
    static let boolean: JSON = ["type": "boolean"]
    static let number: JSON = ["type": "number"]
    static let count: JSON = ["type": "integer", "minimum": 0]
    /// 0…1.
    static let share: JSON = ["type": "number", "minimum": 0, "maximum": 1]
    static let time: JSON = ["type": "string", "format": "date-time"]
    static let label: JSON = ["type": "string", "minLength": 1, "maxLength": 200, "pattern": "\\S"]
    static let identifier: JSON = reference("Identifier")
    static let level = oneOf(Level.allCases.map(\.rawValue))

    // MARK: Requests

    private static let requests: [JSON.Member] = [
        JSON.Member(
            "Identifier",
            [
                "type": "string", "minLength": 1, "maxLength": 64,
                "pattern": "^(\\.*[A-Za-z0-9_~-][A-Za-z0-9._~-]*|\\.{3,})$",
            ]),
        JSON.Member("NewClass", object([("id?", identifier), ("name", label)])),
        JSON.Member("NewSession", object([("id?", identifier), ("title", label)])),
        JSON.Member("StudentRecord", object([("display_name", label), ("consent?", reference("NewConsent"))])),
        JSON.Member(
            "NewConsent",
            object([("granted", boolean), ("notice_version", identifier), ("guardian?", boolean), ("time?", time)])),
        JSON.Member("NewToken", object([("label?", label), ("expires_at?", time)])),
    ]

    // MARK: Records

    private static let records: [JSON.Member] = [
        JSON.Member(
            "Error",
            object([
                (
                    "error",
                    object([("code", string), ("message", string), ("request_id", string), ("retryable", boolean)])
                )
            ])),
        JSON.Member(
            "Me",
            object([
                ("role", oneOf(Role.allCases.map(\.rawValue))), ("class", nullable(identifier)),
                ("student", nullable(identifier)), ("visibility", oneOf(["individual", "aggregate"])),
            ])),
        JSON.Member(
            "Notice", object([("version", string), ("text", string), ("translations", object([("zh", string)]))])),
        JSON.Member("Status", object([("status", string)])),
        JSON.Member("Model", ["type": "object"]),
        JSON.Member("Document", ["type": "object"]),
        JSON.Member("Class", object([("id", identifier), ("name", label), ("created_at", time)])),
        JSON.Member("Classes", page("classes", "Class")),
        JSON.Member(
            "Consent",
            object([("granted", boolean), ("notice_version", string), ("guardian", boolean), ("time", time)])),
        JSON.Member(
            "Student",
            object([
                ("id", identifier), ("class", identifier), ("display_name", label),
                ("consent", nullable(reference("Consent"))), ("created_at", time),
            ])),
        JSON.Member("Students", page("students", "Student")),
        JSON.Member(
            "ConsentRecord",
            object([
                ("granted", boolean), ("notice_version", string), ("guardian", boolean), ("time", time),
                ("recorded_at", time), ("actor", string),
            ])),
        JSON.Member("Consents", page("consents", "ConsentRecord")),
        JSON.Member(
            "Token",
            object([("id", string), ("token", string), ("role", string), ("expires_at", nullable(time))])),
        JSON.Member(
            "Session",
            object([
                ("id", identifier), ("class", identifier), ("title", label), ("started_at", time),
                ("ended_at", nullable(time)),
            ])),
        JSON.Member("Sessions", page("sessions", "Session")),
    ]
}
