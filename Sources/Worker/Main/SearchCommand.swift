import ArgumentParser
import Platform
import WorkerRuntime

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Look after what searches find.", subcommands: [Rebuild.self])

    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the documents of all products anew, while searches go on.",
            discussion: "Interrupted, it begins anew when it is called again; what is right already is only read.")

        mutating func run() async throws {
            try await ProcessStart.run { try await SearchCommands.rebuild(ProcessStart.environment) }
        }
    }
}
