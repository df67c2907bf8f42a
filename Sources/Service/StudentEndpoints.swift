import Concentration
import HTTP
import StrictJSON
import Timelines

extension Service {
    private static let student = "/v1/classes/{class}/students/{student}"

    static let studentEndpoints: [Endpoint] = [
        Endpoint(
            method: "GET", path: "/v1/classes/{class}/students", id: "listStudents",
            summary: "Students in the order they were added.",
            access: .staffAndIngest, query: pageQuery,
            answers: [.init(status: 200, description: "a page", schema: "Students")],
            action: .now { service, call in
                let page = try service.store.students(
                    in: call.parameter("class"), limit: try call.query.limit(), after: call.query["cursor"])
                return .page("students", page, \.json)
            }),
        Endpoint(
            method: "PUT", path: student, id: "putStudent", summary: "Makes or changes a student.", access: .staff,
            body: .json(schema: "StudentRecord"),
            answers: [
                .init(status: 201, description: "made", schema: "Student"),
                .init(status: 200, description: "changed", schema: "Student"),
            ],
            errors: [.invalidTimestamp],
            action: .now { service, call in
                let fields = try Fields(call.body, allowed: ["display_name", "consent"])
                let name = try fields.label("display_name")
                let consent = try fields.optionalObject("consent", allowed: consentFields)
                    .map { fields throws(APIError) in try service.consent(fields, by: call.principal?.role) }
                let (record, isNew) = try service.store.putStudent(
                    call.parameter("student"), in: call.parameter("class"), displayName: name, consent: consent,
                    actor: call.actor, at: service.options.now())
                service.dashboards.invalidate(nil)
                return .json(record.json, status: isNew ? 201 : 200)
            }),
        Endpoint(
            method: "GET", path: student, id: "getStudent", summary: "One student.", access: .anyToken,
            answers: [.init(status: 200, description: "the student", schema: "Student")],
            action: .now { service, call in
                .json(try service.store.student(call.parameter("student"), in: call.parameter("class")).json)
            }),
        Endpoint(
            method: "DELETE", path: student, id: "deleteStudent",
            summary: "Erases a student and every row of theirs, tokens included.", access: .staff,
            answers: [.init(status: 204, description: "erased")],
            action: .later { service, call, finish in service.eraseStudent(call, finish) }),
        Endpoint(
            method: "GET", path: student + "/consents", id: "listConsents",
            summary: "Each consent and withdrawal of a student, oldest first.", access: .staffAndStudent,
            query: pageQuery, answers: [.init(status: 200, description: "a page", schema: "Consents")],
            action: .now { service, call in
                let page = try service.store.consentHistory(
                    of: call.parameter("student"), in: call.parameter("class"), limit: try call.query.limit(),
                    after: call.query["cursor"])
                return .page("consents", page, \.json)
            }),
        Endpoint(
            method: "PUT", path: student + "/consent", id: "putConsent",
            summary: "Records or withdraws consent; without it no picture of the student is decoded.",
            access: .staffAndStudent, body: .json(schema: "NewConsent"),
            answers: [.init(status: 200, description: "the student", schema: "Student")], errors: [.invalidTimestamp],
            action: .now { service, call in
                let consent = try service.consent(
                    try Fields(call.body, allowed: consentFields), by: call.principal?.role)
                let record = try service.store.recordConsent(
                    consent, of: call.parameter("student"), in: call.parameter("class"), actor: call.actor,
                    at: service.options.now())
                return .json(record.json)
            }),
        Endpoint(
            method: "POST", path: student + "/tokens", id: "createStudentToken",
            summary:
                "Makes a token of role student; its text is shown this once. In aggregate visibility only an admin may.",
            access: .staff, body: .json(schema: "NewToken", isOptional: true),
            answers: [.init(status: 201, description: "the token", schema: "Token")], errors: [.invalidTimestamp],
            action: .now { service, call in
                try service.checkMayOpenStudents(call)
                let fields = call.body.isEmpty ? nil : try Fields(call.body, allowed: ["label", "expires_at"])
                let (record, secret) = try service.tokens.create(
                    role: .student, class: call.parameter("class"), student: call.parameter("student"),
                    label: try fields?.optionalLabel("label") ?? "", expiresAt: try fields?.optionalTime("expires_at"),
                    actor: call.actor)
                return .json(
                    [
                        "id": .string(String(record.id)), "token": .string(secret.text),
                        "role": .string(Role.student.rawValue), "expires_at": .text(record.expiresAt?.text),
                    ],
                    status: 201)
            }),
    ]

    /// Answers from the writer's thread: no worker waits while the file is rewritten.
    private func eraseStudent(_ call: Call, _ finish: @escaping @Sendable (Response) -> Void) {
        store.eraseStudent(
            call.parameter("student"), in: call.parameter("class"), actor: call.actor, at: options.now()
        ) { [self] result in
            do {
                let erasure = try result.get()
                if !erasure.isRewritten {
                    logger.warning(
                        "a student is erased, but the file could not be rewritten and may hold copies: run db vacuum")
                } else if erasure.isInLog {
                    logger.warning(
                        "a student is erased, but the file holds copies until a reader, such as a backup, has ended")
                }
                dashboards.invalidate(nil)
                reloadTokens()
                finish(.noContent)
            } catch {
                finish(.error(apiError(error, call.head), requestID: call.head.id))
            }
        }
    }

    /// Whoever holds a student's token reads that student's figures, which aggregate visibility keeps from teachers.
    private func checkMayOpenStudents(_ call: Call) throws(APIError) {
        guard options.visibility == .individual || call.principal?.role == .admin else {
            throw APIError(.forbidden, "this server shows class figures only: an admin makes students' tokens")
        }
    }

    private static let consentFields = ["granted", "notice_version", "guardian", "time"]

    /// The time is the server's unless given; it must not lie in the future. A student can consent only to a notice that was
    /// shown; staff, who take consents on paper too, name the version of their own form.
    private func consent(_ fields: Fields, by role: Role?) throws(APIError) -> Consent {
        let now = options.now()
        var time = now
        if let given = try fields.optionalTime("time") {
            guard given <= now + options.clockSkew, given >= Self.earliestTime else {
                throw APIError(.invalidTimestamp, "\"time\" lies in the future or before 2000")
            }
            time = given
        }
        let version = try fields.string("notice_version")
        guard Text.isIdentifier(version) else {
            throw APIError(.invalidField, "\"notice_version\" \(Text.identifierRule)")
        }
        let granted = try fields.bool("granted")
        guard !granted || role != .student || Notice.hasBeen(version) else {
            throw APIError(
                .invalidField, "\"notice_version\" must be that of a notice of this server; now it is \(Notice.version)"
            )
        }
        return Consent(
            granted: granted, noticeVersion: version,
            guardian: try fields.optionalBool("guardian") ?? false, time: time)
    }
}
