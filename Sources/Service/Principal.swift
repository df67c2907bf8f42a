import StrictJSON
import Timelines

/// What a token may do; Docs/API.md says in words what each role may.
public typealias Role = TokenRole

/// Who asks: the role of the token and what it is bound to.
public struct Principal: Sendable, Hashable {
    public var role: Role
    /// Nil for an admin.
    public var classID: String?
    /// Nil but for a student.
    public var studentID: String?
    /// Identifier of the stored token; nil for the token of the settings.
    public var tokenID: Int64?

    public init(role: Role, classID: String? = nil, studentID: String? = nil, tokenID: Int64? = nil) {
        (self.role, self.classID, self.studentID, self.tokenID) = (role, classID, studentID, tokenID)
    }

    /// - Throws: `forbidden` for a class or student the token is not bound to.
    func check(class wantedClass: String?, student wantedStudent: String? = nil) throws(APIError) {
        if let classID, let wantedClass, classID != wantedClass {
            throw APIError(.forbidden, "this token is bound to another class")
        }
        if let studentID, let wantedStudent, studentID != wantedStudent {
            throw APIError(.forbidden, "this token is bound to another student")
        }
    }

    /// With what the server shows of students, by which a page knows what to offer.
    func json(_ visibility: ServiceOptions.Visibility) -> JSON {
        [
            "role": .string(role.rawValue), "class": .text(classID), "student": .text(studentID),
            "visibility": .string(visibility.rawValue),
        ]
    }
}
