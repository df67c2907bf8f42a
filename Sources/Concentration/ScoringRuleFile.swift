import StrictJSON

extension ScoringRule {
    /// A rule from the bytes of a file like `Config/scoring.json`; every key must be there and no other.
    public init(parsing bytes: [UInt8]) throws(ScoringRuleError) {
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw .notJSON(error)
        }
        try self.init(json)
    }

    public init(_ json: JSON) throws(ScoringRuleError) {
        let top = try StrictObject(json, path: "", keys: ["name", "version", "note", "weights", "levels", "gates"])
        name = try top.text("name")
        guard Self.isIdentifier(name) else { throw .invalidName(name) }
        let number = try top.number("version", in: -.infinity ... .infinity)
        guard let whole = Int(exactly: number), (1...1_000_000).contains(whole) else { throw .invalidVersion(number) }
        version = whole
        note = try top.text("note")
        weights = try top["weights"] == .null ? nil : ExpressionWeights(top["weights"], path: "weights")
        levels = try LevelThresholds(top["levels"], path: "levels")
        gates = try GateDefinitions(top["gates"], path: "gates")
    }

    /// The content of the file that makes this rule.
    public var json: JSON {
        [
            "name": .string(name), "version": .number(Double(version)), "note": .string(note),
            "weights": weights?.json ?? .null,
            "levels": ["high": .number(levels.high), "medium": .number(levels.medium)],
            "gates": gates.json,
        ]
    }

    private static func isIdentifier(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "A"..."Z", "a"..."z", "0"..."9", ".", "_", "~", "-": true
                default: false
                }
            }
    }
}

extension ExpressionWeights {
    fileprivate init(_ json: JSON, path: String) throws(ScoringRuleError) {
        let object = try StrictObject(json, path: path, keys: FacialExpression.allCases.map(\.rawValue))
        func weight(_ expression: FacialExpression) throws(ScoringRuleError) -> Double {
            try object.number(expression.rawValue, in: 0...1)
        }
        self.init(
            angry: try weight(.angry), disgust: try weight(.disgust), fear: try weight(.fear),
            happy: try weight(.happy), sad: try weight(.sad), surprise: try weight(.surprise),
            neutral: try weight(.neutral))
    }

    public var json: JSON {
        .object(FacialExpression.allCases.map { JSON.Member($0.rawValue, .number(self[$0])) })
    }
}

extension LevelThresholds {
    fileprivate init(_ json: JSON, path: String) throws(ScoringRuleError) {
        let object = try StrictObject(json, path: path, keys: ["high", "medium"])
        self.init(high: try object.number("high", in: 0...1), medium: try object.number("medium", in: 0...1))
        guard high > medium else { throw .thresholdsOutOfOrder(high: high, medium: medium) }
    }
}

extension GateDefinitions {
    private struct Measure {
        var key: String
        var path: WritableKeyPath<GateDefinitions, Ramp> & Sendable
        var range: ClosedRange<Double>
        var moreIsBetter: Bool
    }

    private static let measures: [(group: String, measures: [Measure])] = [
        (
            "presence",
            [
                Measure(key: "yaw", path: \.yaw, range: 0...180, moreIsBetter: false),
                Measure(key: "pitch", path: \.pitch, range: 0...180, moreIsBetter: false),
            ]
        ),
        (
            "quality",
            [
                Measure(key: "detection_score", path: \.detectionScore, range: 0...1, moreIsBetter: true),
                Measure(key: "face_height", path: \.faceHeight, range: 0...100_000, moreIsBetter: true),
                Measure(key: "visible_share", path: \.visibleShare, range: 0...1, moreIsBetter: true),
                Measure(key: "darkest", path: \.darkest, range: 0...255, moreIsBetter: true),
                Measure(key: "brightest", path: \.brightest, range: 0...255, moreIsBetter: false),
                Measure(key: "contrast", path: \.contrast, range: 0...255, moreIsBetter: true),
                Measure(key: "sharpness", path: \.sharpness, range: 0...1_000_000, moreIsBetter: true),
            ]
        ),
    ]

    fileprivate init(_ json: JSON, path: String) throws(ScoringRuleError) {
        self = .standard
        let groups = try StrictObject(json, path: path, keys: Self.measures.map(\.group))
        for (group, measures) in Self.measures {
            let object = try StrictObject(groups[group], path: "\(path).\(group)", keys: measures.map(\.key))
            for measure in measures {
                let place = "\(path).\(group).\(measure.key)"
                let ends = try StrictObject(object[measure.key], path: place, keys: ["none", "full"])
                let ramp = Ramp(
                    none: try ends.number("none", in: measure.range), full: try ends.number("full", in: measure.range))
                guard measure.moreIsBetter ? ramp.none <= ramp.full : ramp.full <= ramp.none else {
                    throw .rampOutOfOrder(key: place, none: ramp.none, full: ramp.full)
                }
                self[keyPath: measure.path] = ramp
            }
        }
    }

    public var json: JSON {
        .object(
            Self.measures.map { group, measures in
                let members = measures.map { measure in
                    let ramp = self[keyPath: measure.path]
                    return JSON.Member(measure.key, ["none": .number(ramp.none), "full": .number(ramp.full)])
                }
                return JSON.Member(group, .object(members))
            })
    }
}

/// A JSON object that has exactly the named keys.
private struct StrictObject {
    private let json: JSON
    private let path: String

    init(_ json: JSON, path: String, keys: [String]) throws(ScoringRuleError) {
        guard case .object(let members) = json else {
            throw .wrongType(key: path.isEmpty ? "the file" : path, expected: "an object", found: json.kind)
        }
        (self.json, self.path) = (json, path)
        for member in members where !keys.contains(member.name) { throw .unknownKey(full(member.name)) }
        for key in keys where json[key] == nil { throw .missingKey(full(key)) }
    }

    /// The value of one of the keys.
    subscript(_ key: String) -> JSON { json[key] ?? .null }

    private func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func text(_ key: String) throws(ScoringRuleError) -> String {
        guard case .string(let text) = self[key] else {
            throw .wrongType(key: full(key), expected: "a string", found: self[key].kind)
        }
        return text
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws(ScoringRuleError) -> Double {
        guard case .number(let number) = self[key] else {
            throw .wrongType(key: full(key), expected: "a number", found: self[key].kind)
        }
        guard range.contains(number) else {
            throw .outOfRange(key: full(key), value: number, low: range.lowerBound, high: range.upperBound)
        }
        return number
    }
}
