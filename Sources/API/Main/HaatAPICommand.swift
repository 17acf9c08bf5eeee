import APIServer
import ArgumentParser
import Platform

@main
struct HaatAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "haat-api", abstract: "The marketplace's REST API and webhook receiver.",
        subcommands: [Serve.self, Migrate.self, Seed.self, OpenAPI.self, Policies.self])
}

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve until SIGTERM.")

    mutating func run() async throws {
        try await ProcessStart.run { try await APIProcess.serve(reader: ProcessStart.environment) }
    }
}

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Apply the migrations that are not applied yet.",
        discussion: "Refuses when an applied migration was changed or is missing.")

    @Flag(help: "Only tell which migrations are applied.") var status = false
    @Option(help: "Where the SQL files are.") var directory = "Migrations"

    mutating func run() async throws {
        let status = status, directory = directory
        try await ProcessStart.run {
            let reader = ProcessStart.environment
            let lines =
                status
                ? try await APIProcess.migrationStatus(reader: reader, directory: directory)
                : try await APIProcess.migrate(reader: reader, directory: directory).map { "applied \($0)" }
            for line in lines { print(line) }
        }
    }
}

struct Policies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policies", abstract: "Print who may do what, a line for each call.")

    mutating func run() async throws {
        print(try APIProcess.policies())
    }
}

struct OpenAPI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the API's OpenAPI 3.1 document.")

    mutating func run() async throws {
        print(try APIProcess.openAPI())
    }
}
