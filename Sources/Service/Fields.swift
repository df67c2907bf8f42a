import Concentration
import StrictJSON

/// The members of a JSON object in a request body. Unknown ones are refused by name, and so are wrong types.
struct Fields {
    private let object: JSON
    /// Dotted path of the object with a trailing dot, empty for the body itself.
    private let path: String

    /// - Throws: `invalid_json`, or `invalid_field` naming an unknown member.
    init(_ body: [UInt8], allowed: [String]) throws(APIError) {
        let json: JSON
        do {
            json = try JSON(parsing: body, depth: 8)
        } catch {
            throw APIError(.invalidJSON, "the body is not JSON: \(error)")
        }
        try self.init(json, path: "", allowed: allowed)
    }

    private init(_ json: JSON, path: String, allowed: [String]) throws(APIError) {
        guard case .object(let members) = json else {
            let name = path.isEmpty ? "the body" : "\"\(path.dropLast())\""
            throw APIError(path.isEmpty ? .invalidJSON : .invalidField, "\(name) must be an object, not \(json.kind)")
        }
        if let unknown = members.first(where: { !allowed.contains($0.name) }) {
            throw APIError(.invalidField, "unknown field \(JSON.string(path + unknown.name).text)")
        }
        (object, self.path) = (json, path)
    }

    /// The member, nil where it is missing or null.
    private func value(_ name: String) -> JSON? {
        let value = object[name]
        return value == .null ? nil : value
    }

    private func mismatch(_ name: String, _ value: JSON, expected: String) -> APIError {
        APIError(.invalidField, "\"\(path)\(name)\" must be \(expected), not \(value.kind)")
    }

    private func missing(_ name: String) -> APIError { APIError(.missingField, "\"\(path)\(name)\" is missing") }

    func optionalString(_ name: String) throws(APIError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { throw mismatch(name, value, expected: "a string") }
        return text
    }

    func string(_ name: String) throws(APIError) -> String {
        guard let text = try optionalString(name) else { throw missing(name) }
        return text
    }

    func optionalBool(_ name: String) throws(APIError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else { throw mismatch(name, value, expected: "true or false") }
        return flag
    }

    func bool(_ name: String) throws(APIError) -> Bool {
        guard let flag = try optionalBool(name) else { throw missing(name) }
        return flag
    }

    func optionalObject(_ name: String, allowed: [String]) throws(APIError) -> Fields? {
        guard let value = value(name) else { return nil }
        return try Fields(value, path: "\(path)\(name).", allowed: allowed)
    }

    /// A name or title as people write it.
    func label(_ name: String) throws(APIError) -> String {
        let text = try string(name)
        guard Text.isLabel(text) else {
            throw APIError(.invalidField, "\"\(path)\(name)\" \(Text.labelRule)")
        }
        return text
    }

    func optionalLabel(_ name: String) throws(APIError) -> String? { value(name) == nil ? nil : try label(name) }

    /// - Throws: `invalid_timestamp` where the text is no RFC 3339 time.
    func optionalTime(_ name: String) throws(APIError) -> Timestamp? {
        guard let text = try optionalString(name) else { return nil }
        guard let time = Timestamp(text) else {
            throw APIError(.invalidTimestamp, "\"\(path)\(name)\" must be an RFC 3339 time")
        }
        return time
    }

    func optionalIdentifier(_ name: String) throws(APIError) -> String? {
        guard let text = try optionalString(name) else { return nil }
        guard Text.isIdentifier(text) else {
            throw APIError(.invalidIdentifier, "\"\(path)\(name)\" \(Text.identifierRule)")
        }
        return text
    }
}
