import Concentration
import StrictJSON
import Timelines

extension TimelineWindow {
    var json: JSON {
        [
            "start": .string(rollup.start.text), "end": .string(rollup.end.text),
            "received": .number(Double(rollup.received)), "scored": .number(Double(rollup.scored)),
            "coverage": .rounded(rollup.coverage), "score": .rounded(rollup.mean), "smoothed": .rounded(smoothed),
            "level": .string(level.rawValue), "expressions": rollup.expressions?.json ?? .null,
        ]
    }
}

extension StudentReport {
    func json(rule: ScoringRule) -> JSON {
        [
            "class": .string(classID), "student": .string(student), "display_name": .string(displayName),
            "session": .text(session),
            "sessions": .array(
                sessions.map { figures in
                    [
                        "id": .string(figures.session.id), "title": .string(figures.session.title),
                        "started_at": .string(figures.session.startedAt.text), "mean": .rounded(figures.mean),
                        "coverage": .rounded(figures.coverage),
                    ]
                }),
            "from": .text(from?.text), "to": .text(to?.text),
            "frames": ["received": .number(Double(received)), "scored": .number(Double(scored))],
            "mean": .rounded(mean), "quantiles": quantiles?.json ?? .null, "level": .string(level.rawValue),
            "time_per_level": .object(
                Level.allCases.map { JSON.Member($0.rawValue, .number(Double(secondsPerLevel[$0] ?? 0))) }),
            "coverage": .rounded(coverage), "expressions": expressions?.json ?? .null,
            "low_episodes": .array(
                lowEpisodes.map { episode in
                    [
                        "start": .string(episode.start.text), "end": .string(episode.end.text),
                        "mean": .rounded(episode.mean),
                    ]
                }),
            "trend": .rounded(trend), "rule": .string(rule.id), "rules": .array(rules.map(JSON.string)),
        ]
    }
}

extension StudentReport.Quantiles {
    fileprivate var json: JSON {
        ["p10": .rounded(p10), "p25": .rounded(p25), "p50": .rounded(p50), "p75": .rounded(p75), "p90": .rounded(p90)]
    }
}
