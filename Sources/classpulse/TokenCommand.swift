import ArgumentParser
import Concentration
import Service
import Settings
import StrictJSON
import Timelines

/// Tokens in the database; works beside a running server, which notices within a second.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Makes, lists and revokes access tokens.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a token and prints it; only its hash is stored. A running server takes it within a second."
        )

        @Option(help: "admin, teacher, ingest or student.")
        var role: Role
        @Option(
            name: .customLong("class"), parsing: .unconditional,
            help: "The class of a teacher, ingest or student token.")
        var classID: String?
        @Option(parsing: .unconditional, help: "The student of a student token.")
        var student: String?
        @Option(parsing: .unconditional, help: "A note for the list.")
        var label: String = ""
        @Option(help: "How long it is taken: a number and s, m, h or d, such as 90m or 30d; without it for ever.")
        var expiresIn: Lifetime?
        @Flag(help: "Print one JSON object.")
        var json = false
        @OptionGroup var settings: SettingsOptions

        func run() throws {
            let store = try settings.existingStore()
            let tokens = try TokenRegistry(store: store)
            do {
                let (record, secret) = try tokens.create(
                    role: role, class: classID, student: student, label: label,
                    expiresAt: expiresIn.map { ServiceOptions().now() + $0.milliseconds }, actor: "command")
                print(
                    json
                        ? JSON.object([
                            .init("id", .string(String(record.id))), .init("token", .string(secret.text)),
                            .init("role", .string(role.rawValue)), .init("class", .text(classID)),
                            .init("student", .text(student)), .init("expires_at", .text(record.expiresAt?.text)),
                        ]).text : secret.text)
            } catch let error as APIError {
                throw ValidationError(error.message)
            } catch let error as StoreError {
                throw ValidationError(error.description)
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the tokens, without their text.")

        @Flag(help: "Print one JSON object a line.")
        var json = false
        @OptionGroup var settings: SettingsOptions

        func run() throws {
            let store = try settings.existingStore()
            let now = ServiceOptions().now()
            for token in try store.tokens() {
                if json {
                    print(token.json.text)
                } else {
                    let bounds = [token.classID, token.student].compactMap { $0 }.joined(separator: "/")
                    print(
                        [
                            String(token.id), token.role.rawValue, bounds.isEmpty ? "-" : bounds, token.createdAt.text,
                            token.isValid(at: now) ? "valid" : token.revokedAt == nil ? "expired" : "revoked",
                            token.label,
                        ]
                        .joined(separator: "\t"))
                }
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revokes a token; a running server refuses it within a second.")

        @Argument(help: "The token's id, as the list shows it.")
        var id: Int64
        @OptionGroup var settings: SettingsOptions

        func run() throws {
            let store = try settings.existingStore()
            do {
                _ = try store.revokeToken(id, actor: "command", at: ServiceOptions().now())
            } catch StoreError.tokenNotFound {
                throw ValidationError("no token has the id \(id)")
            }
        }
    }
}

extension Role: ExpressibleByArgument {}

/// A length of time as people write it: `45s`, `90m`, `8h`, `30d`; up to ten years.
struct Lifetime: ExpressibleByArgument {
    let milliseconds: Int64

    init?(argument: String) {
        let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ seconds[$0] }), let count = Int64(argument.dropLast()), count > 0,
            count <= 3650 * 86_400 / unit
        else { return nil }
        milliseconds = count * unit * 1000
    }
}
