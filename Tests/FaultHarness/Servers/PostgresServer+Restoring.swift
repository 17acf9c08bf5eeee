package import Foundation

/// A copy of a database that can be put back.
package enum PostgresBackup: Sendable {
    /// Of `pg_dump`: the rows of one database.
    case dump(URL)
    /// Of `pg_basebackup`: the files of the whole server.
    case files(URL)
}

extension PostgresServer {
    package func dump(_ database: String) async throws -> PostgresBackup {
        let file = backupLocation
        try await run("pg_dump", address + ["--format=custom", "--file=\(file.path)", database])
        return .dump(file)
    }

    package func copyFiles() async throws -> PostgresBackup {
        let directory = backupLocation
        try await run(
            "pg_basebackup",
            address + ["--pgdata=\(directory.path)", "--checkpoint=fast", "--no-sync", "--wal-method=stream"])
        return .files(directory)
    }

    /// Puts everything back to the moment of the backup. Whoever is connected is not any more.
    package func restore(_ database: String, from backup: PostgresBackup) async throws {
        switch backup {
        case .dump(let file):
            try await dropDatabase(database)
            try await createDatabase(database)
            try await run("pg_restore", address + ["--dbname=\(database)", file.path])
        case .files(let directory):
            await stopImmediately()
            try FileManager.default.removeItem(at: data)
            try FileManager.default.moveItem(at: directory, to: data)
            try await start()
        }
    }

    private var backupLocation: URL {
        data.deletingLastPathComponent().appending(path: "backup-\(UUID().uuidString)")
    }
}
