package import FoundationEssentials

/// One migration and where it stands.
package struct MigrationStatus: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case pending
        case applied(Date)
        /// Applied, but the file has another text now.
        case changed(Date)
        /// Applied, but there is no such file.
        case missing(Date)
    }

    package let number: Int
    package let name: String
    package let state: State
}

/// Applies numbered SQL files, each once, each in a transaction of its own.
///
/// What was applied is kept in `schema_migrations` with a checksum. An advisory lock lets one process migrate at a time.
package struct Migrator: Sendable {
    /// The key of the advisory lock: "haat" in ASCII.
    private static let lock: Int64 = 0x6861_6174

    private let client: PostgresClient
    private let files: [MigrationFile]

    /// - Throws: `.unreadable`, `.malformedName` or `.sameNumber` if the directory is not a set of migrations.
    package init(directory: String, client: PostgresClient) throws(MigrationError) {
        try self.init(files: MigrationFile.load(directory: directory), client: client)
    }

    /// - Throws: `.sameNumber`.
    package init(files: [MigrationFile], client: PostgresClient) throws(MigrationError) {
        self.files = try MigrationFile.ordered(files)
        self.client = client
    }

    /// Applies what is pending, after waiting for another process that migrates.
    /// - Returns: the names of the files that were applied now.
    /// - Throws: `MigrationError` if an applied file is changed or missing (then nothing is applied) or a file fails;
    ///   `PostgresError` if the database can't be reached.
    @discardableResult
    package func migrate() async throws -> [String] {
        try await client.withConnection(unlimited: true) { session in
            try await session.execute("select pg_advisory_lock(\(Self.lock))")
            try await createTable(session)
            let states = try await states(session)
            for status in states {
                switch status.state {
                case .changed: throw MigrationError.changed(status.name)
                case .missing: throw MigrationError.missing(status.name)
                case .pending, .applied: break
                }
            }
            let pending = Set(states.filter { $0.state == .pending }.map(\.number))
            var applied: [String] = []
            for file in files where pending.contains(file.number) {
                try await apply(file, session)
                applied.append(file.name)
            }
            return applied
        }
    }

    /// Every migration that is on disk or was applied, by number. Changes nothing.
    package func status() async throws -> [MigrationStatus] {
        try await client.withConnection { session in
            guard
                try await session.queryValue("select to_regclass('schema_migrations') is not null", as: Bool.self)
                    == true
            else { return files.map { MigrationStatus(number: $0.number, name: $0.name, state: .pending) } }
            return try await states(session)
        }
    }

    private func createTable(_ session: PostgresSession) async throws {
        try await session.execute(
            """
            create table if not exists schema_migrations (
                number bigint primary key,
                name text not null,
                checksum text not null,
                applied_at timestamptz not null default now()
            )
            """)
    }

    private func states(_ session: PostgresSession) async throws -> [MigrationStatus] {
        let applied = try await session.query(
            "select number, name, checksum, applied_at from schema_migrations",
            columns: (Int, String, String, Date).self)
        var byNumber: [Int: (name: String, checksum: String, date: Date)] = [:]
        for (number, name, checksum, date) in applied { byNumber[number] = (name, checksum, date) }
        var result = files.map { file in
            guard let known = byNumber.removeValue(forKey: file.number) else {
                return MigrationStatus(number: file.number, name: file.name, state: .pending)
            }
            let isSame = known.checksum == file.checksum
            return MigrationStatus(
                number: file.number, name: file.name, state: isSame ? .applied(known.date) : .changed(known.date))
        }
        for (number, known) in byNumber {
            result.append(MigrationStatus(number: number, name: known.name, state: .missing(known.date)))
        }
        return result.sorted { $0.number < $1.number }
    }

    private func apply(_ file: MigrationFile, _ session: PostgresSession) async throws {
        do {
            try await session.runScript("begin")
            try await session.runScript(file.sql)
            try await session.execute(
                """
                insert into schema_migrations (number, name, checksum)
                values (\(file.number), \(file.name), \(file.checksum))
                """)
            try await session.runScript("commit")
        } catch PostgresError.commitOutcomeUnknown(let reason) {
            throw MigrationError.unconfirmed(file.name, .commitOutcomeUnknown(reason))
        } catch {
            throw MigrationError.failed(file.name, error)
        }
    }
}
