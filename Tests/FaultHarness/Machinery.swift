import Foundation
import TestSupport

/// What all marketplaces of one run share: programs, the reaper, a calm PostgreSQL server with a migrated template.
package actor Machinery {
    package nonisolated let programs: Programs
    package nonisolated let reaper: Reaper
    package nonisolated let http: HTTPExchange
    private var calmServer: Task<PostgresServer, any Error>?
    private var marketplaces = 0
    private var lastOpening: Task<Void, Never>?

    /// A directory that the run has made itself goes with it; one that it was given belongs to whoever gave it.
    package init() throws {
        programs = try Programs.locate()
        reaper = try Reaper()
        if programs.ownsDirectory { reaper.remove(programs.directory) }
        http = HTTPExchange()
    }

    /// The server for marketplaces whose faults do not concern PostgreSQL; started when first asked for.
    package func calmPostgres() async throws -> PostgresServer {
        let task =
            calmServer
            ?? Task {
                let server = try await makePostgres(named: "postgres-calm")
                return server
            }
        calmServer = task
        return try await task.value
    }

    /// A started server whose database `haat` is migrated and serves as a template for others.
    package func makePostgres(named name: String) async throws -> PostgresServer {
        let server = try await PostgresServer(programs, name: name, reaper: reaper)
        try await server.start()
        try await server.createDatabase("haat")
        try await migrate(server.url())
        // As docs/deploying.md has them.
        try await server.execute(
            """
            CREATE ROLE \(TestServer.api) LOGIN IN ROLE haat_app;
            CREATE ROLE \(TestServer.worker) LOGIN IN ROLE haat_app, haat_maintenance
            """)
        return server
    }

    /// A program that is started again whenever it ends; nothing runs yet.
    ///
    /// - Parameters:
    ///   - name: of its log.
    ///   - path: answers 200 at the port once the program works.
    package nonisolated func supervise(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], name: String, port: Int,
        path: String
    ) -> SupervisedProcess {
        SupervisedProcess(
            name: URL(filePath: executable).lastPathComponent, executable: URL(filePath: executable),
            arguments: arguments, environment: environment, directory: programs.workingDirectory,
            log: programs.directory.appending(path: "\(name).log"), readiness: .init(port: port, path: path),
            http: http, reaper: reaper)
    }

    /// Starting processes is the expensive part: one marketplace at a time.
    func inTurn<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let previous = lastOpening
        let opening = Task {
            await previous?.value
            return try await body()
        }
        lastOpening = Task { _ = await opening.result }
        return try await opening.value
    }

    func nextNumber() -> Int {
        marketplaces += 1
        return marketplaces
    }

    private func migrate(_ url: String) async throws {
        var environment = ProcessInfo.processInfo.environment
        environment["HAAT_DATABASE_URL"] = url
        try await ChildProcess.run(
            programs.products.appending(path: "haat-api"), ["migrate"], environment: environment,
            directory: programs.workingDirectory, log: programs.directory.appending(path: "migrate.log"), reaper: reaper
        )
    }
}
