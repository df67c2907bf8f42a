import StrictJSON

/// The description of the API (OpenAPI 3.1), made from the route table that the router uses.
enum OpenAPI {
    static func document(of endpoints: [Endpoint], _ options: ServiceOptions) -> JSON {
        var paths: [JSON.Member] = []
        for endpoint in endpoints {
            let operation = JSON.Member(endpoint.method.lowercased(), operation(endpoint, options))
            let path = String(endpoint.path.filter { $0 != "*" })
            if let index = paths.firstIndex(where: { $0.name == path }), case .object(let others) = paths[index].value {
                paths[index].value = .object(others + [operation])
            } else {
                paths.append(JSON.Member(path, .object([operation])))
            }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "ClassPulse", "version": .string(options.version),
                "description": .string("Concentration of students from webcam frames. " + Notice.text),
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths),
            "components": [
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
                "schemas": .object(Schemas.all),
            ],
        ]
    }

    private static func operation(_ endpoint: Endpoint, _ options: ServiceOptions) -> JSON {
        var members = [
            JSON.Member("operationId", .string(endpoint.id)),
            JSON.Member("summary", .string(endpoint.summary)),
        ]
        let parameters = parameters(of: endpoint)
        if !parameters.isEmpty { members.append(JSON.Member("parameters", .array(parameters))) }
        switch endpoint.body {
        case .none: break
        case .json(let schema, let isOptional):
            members.append(
                JSON.Member(
                    "requestBody",
                    [
                        "required": .bool(!isOptional),
                        "content": ["application/json": ["schema": Schemas.reference(schema)]],
                    ]))
        case .pictures(let multipart):
            let picture: JSON = ["schema": ["type": "string", "format": "binary"]]
            var content = [JSON.Member("image/jpeg", picture), JSON.Member("image/png", picture)]
            if multipart { content.append(JSON.Member("multipart/form-data", form(options.multipartParts))) }
            members.append(JSON.Member("requestBody", ["required": true, "content": .object(content)]))
        }
        members.append(JSON.Member("responses", .object(responses(of: endpoint))))
        if case .roles = endpoint.access {
            members.append(JSON.Member("security", [["token": []]]))
        } else {
            members.append(JSON.Member("security", []))
        }
        if case .roles(let roles) = endpoint.access {
            members.append(
                JSON.Member("x-roles", .array(Role.allCases.filter(roles.contains).map { .string($0.rawValue) })))
        }
        return .object(members)
    }

    /// A form of at most so many pictures.
    private static func form(_ pictures: Int) -> JSON {
        let picture: JSON = ["type": "string", "format": "binary"]
        return [
            "schema": [
                "type": "object", "description": "parts in order; a part of any other name is a picture as well",
                "properties": [
                    "captured_at": [
                        "type": "string", "format": "date-time",
                        "description": "when the pictures after it were taken; it may come again",
                    ],
                    "picture": [
                        "type": "array", "items": picture, "minItems": 1, "maxItems": .number(Double(pictures)),
                    ],
                ],
            ],
            "encoding": ["picture": ["contentType": "image/jpeg, image/png"]],
        ]
    }

    private static func parameters(of endpoint: Endpoint) -> [JSON] {
        endpoint.parameters.map { name in
            ["name": .string(name), "in": "path", "required": true, "schema": Schemas.reference("Identifier")]
        }
            + (endpoint.path.contains("{*")
                ? [["name": "file", "in": "path", "required": true, "schema": ["type": "string"]]] : [])
            + endpoint.query.map { parameter in
                [
                    "name": .string(parameter.name), "in": "query", "schema": parameter.schema,
                    "description": .string(parameter.description),
                ]
            }
            + endpoint.headers.map { parameter in
                [
                    "name": .string(parameter.name), "in": "header", "schema": ["type": "string"],
                    "description": .string(parameter.description),
                ]
            }
    }

    private static func responses(of endpoint: Endpoint) -> [JSON.Member] {
        var responses = endpoint.answers.map { answer in
            var response = [JSON.Member("description", .string(answer.description))]
            if let schema = answer.schema {
                response.append(JSON.Member("content", [answer.contentType: ["schema": Schemas.reference(schema)]]))
            } else if answer.contentType != "application/json" {
                response.append(JSON.Member("content", [answer.contentType: ["schema": ["type": "string"]]]))
            }
            return JSON.Member(String(answer.status), .object(response))
        }
        let errors = Dictionary(grouping: endpoint.allErrors, by: \.status)
        for (status, codes) in errors.sorted(by: { $0.key < $1.key }) {
            let list = codes.map(\.rawValue).joined(separator: ", ")
            responses.append(
                JSON.Member(
                    String(status),
                    [
                        "description": .string(list),
                        "content": ["application/json": ["schema": Schemas.reference("Error")]],
                    ]))
        }
        responses.append(
            JSON.Member(
                "default",
                [
                    "description": "a request refused by the protocol",
                    "content": ["application/json": ["schema": Schemas.reference("Error")]],
                ]))
        return responses
    }
}

extension Endpoint {
    /// Its own errors and those that follow from its access, parameters and body, each once.
    var allErrors: [APIError.Code] {
        var codes: [APIError.Code] = []
        if case .roles = access { codes += [.unauthorized, .forbidden] }
        if refusesOtherQueries { codes.append(.invalidQuery) }
        if query.contains(where: { $0.schema["format"] == "date-time" }) { codes.append(.invalidTimestamp) }
        for parameter in parameters {
            codes.append(.invalidIdentifier)
            switch parameter {
            case "class": codes.append(.classNotFound)
            case "student": codes.append(.studentNotFound)
            case "session": codes.append(.sessionNotFound)
            default: break
            }
        }
        switch body {
        case .none: break
        case .json: codes += [.invalidJSON, .invalidField, .missingField, .unsupportedMediaType, .bodyTooLarge]
        case .pictures(let multipart):
            codes += [
                .unsupportedMediaType, .bodyTooLarge, .notAnImage, .truncatedImage, .corruptImage, .imageTooSmall,
                .imageTooLarge, .notReady,
            ]
            if multipart { codes.append(.invalidMultipart) }
        }
        codes += errors
        codes += [.overloaded, .internalError]
        var seen: Set<APIError.Code> = []
        return codes.filter { seen.insert($0).inserted }
    }
}
