import FoundationEssentials
import Postgres

/// A database that has all Migrations and that tests are cloned from: made once for each state of the directory.
struct MigratedTemplate {
    /// The key of the advisory lock under which a template is made: "tmpl" in ASCII.
    private static let lock: Int64 = 0x746d_706c

    let server: PostgresClient

    static var directory: String {
        let sources = URL(filePath: #filePath).deletingLastPathComponent()
        return sources.deletingLastPathComponent().deletingLastPathComponent().appending(path: "Migrations").path
    }

    /// - Returns: the template's name.
    func make() async throws -> String {
        let files = try MigrationFile.load(directory: Self.directory)
        let all = files.map { $0.name + $0.checksum }.joined()
        let checksum = try MigrationFile(name: "00000000000000_all.sql", sql: all).checksum
        let name = "haat_template_\(checksum.prefix(16))"
        if try await exists(name) { return name }
        try await server.withConnection(unlimited: true) { session in
            try await session.execute("select pg_advisory_lock(\(Self.lock))")
            guard try await !exists(name) else { return }
            let unfinished = name + "_unfinished"
            try await session.runScript("drop database if exists \(unfinished) with (force)")
            try await session.runScript("create database \(unfinished)")
            let configuration = try PostgresConfiguration(
                connectionString: TestServer.configuration().connectionString(database: unfinished))
            try await configuration.withClient { client in
                _ = try await Migrator(files: files, client: client).migrate()
            }
            try await waitUntilUnused(unfinished, session)
            try await session.runScript("alter database \(unfinished) rename to \(name)")
        }
        return name
    }

    private func exists(_ name: String) async throws -> Bool {
        try await server.queryValue("select true from pg_database where datname = \(name)", as: Bool.self) ?? false
    }

    /// A server process outlives its connection by a moment, and a database in use can't be renamed.
    private func waitUntilUnused(_ name: String, _ session: PostgresSession) async throws {
        while try await session.queryValue("select true from pg_stat_activity where datname = \(name)", as: Bool.self)
            == true
        {
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
