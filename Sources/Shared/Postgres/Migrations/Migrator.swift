package import FoundationEssentials

/// One migration and where it stands.
package struct MigrationStatus: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case pending
        /// Without a transaction, begun and not finished: it is going on, or was interrupted and will be repeated.
        case unfinished(Date)
        case applied(Date)
        /// Applied, but the file has another text now.
        case changed(Date)
        /// Applied or begun, but there is no such file.
        case missing(Date)
    }

    package let name: String
    package let state: State
}

/// Applies SQL files in the order of their names, each once: in a transaction of its own, or statement by statement where the
/// file says so. They run with a search path of two schemas: the one that the connection's own path leads to, which becomes the
/// installation's, and `pg_temp`. What they make belongs to the role that `schema_migrations` belongs to, where the connection's may act
/// as that one.
///
/// What was applied is kept in `schema_migrations` with a checksum, what was begun without a transaction in
/// `unfinished_migrations` until it is. An advisory lock lets one process migrate at a time.
package struct Migrator: Sendable {
    /// The key of the advisory lock: "haat" in ASCII.
    private static let lock: Int64 = 0x6861_6174

    private let client: PostgresClient
    private let files: [MigrationFile]

    /// - Throws: `.unreadable`, `.malformedName` or `.unknownDirective` if the directory is not a set of migrations.
    package init(directory: String, client: PostgresClient) throws(MigrationError) {
        try self.init(files: MigrationFile.load(directory: directory), client: client)
    }

    /// - Throws: `.sameName`.
    package init(files: [MigrationFile], client: PostgresClient) throws(MigrationError) {
        self.files = try MigrationFile.ordered(files)
        self.client = client
    }

    /// Applies what is pending or unfinished, after waiting for another process that migrates.
    ///
    /// A file that is older than one that is applied came with somebody else's branch: it is applied all the same, unless it has
    /// `OR REPLACE` in it.
    /// - Returns: the names of the files that were applied now.
    /// - Throws: `MigrationError` if an applied file is changed or missing, or one is out of order (then nothing is applied), or a
    ///   file fails; `PostgresError` if the database can't be reached.
    @discardableResult
    package func migrate() async throws -> [String] {
        try await client.withConnection(unlimited: true) { session in
            try await takeLock(session)
            let searchPath = try await installationSearchPath(session)
            try await set(searchPath, session)
            try await becomeOwner(session)
            try await createTables(session)
            let states = try await states(session)
            try check(states)
            let applied = Set(states.filter(\.isApplied).map(\.name))
            var names: [String] = []
            for file in files where !applied.contains(file.name) {
                // The file before may have given the installation to another role.
                try await becomeOwner(session)
                switch file.execution {
                case .transaction: try await applyInTransaction(file, searchPath, session)
                case .statements: try await applyStatements(file, searchPath, session)
                }
                names.append(file.name)
            }
            return names
        }
    }

    /// Every migration that is on disk or was applied or begun, by name. Changes nothing.
    package func status() async throws -> [MigrationStatus] {
        try await client.withConnection { session in
            let hasTables = try await session.queryValue(
                "select to_regclass('unfinished_migrations') is not null", as: Bool.self)
            guard hasTables == true else { return files.map { MigrationStatus(name: $0.name, state: .pending) } }
            return try await states(session)
        }
    }

    /// Asks again and again: a session that waits within a statement has a snapshot, for whose end `CREATE INDEX CONCURRENTLY`
    /// waits in turn.
    private func takeLock(_ session: PostgresSession) async throws {
        while try await session.queryValue("select pg_try_advisory_lock(\(Self.lock))", as: Bool.self) != true {
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// The schema that the connection creates things in, then the temporary one, which comes first where it is not named. Functions
    /// that are made with `SET search_path FROM CURRENT` keep it.
    private func installationSearchPath(_ session: PostgresSession) async throws -> String {
        let path = try await session.queryValue(
            "select quote_ident(current_schema()) || ', pg_temp'", as: String?.self)
        guard let path = path ?? nil else { throw MigrationError.noSchema }
        return path
    }

    private func set(_ searchPath: String, _ session: PostgresSession) async throws(PostgresError) {
        try await session.execute("select set_config('search_path', \(searchPath), false)")
    }

    /// Until the session ends; nothing where the installation is the connection's own, or not begun.
    private func becomeOwner(_ session: PostgresSession) async throws {
        let owner = try await session.queryValue(
            """
            select tableowner::text from pg_tables
            where schemaname = current_schema() and tablename = 'schema_migrations'
                and tableowner <> current_user and pg_has_role(tableowner, 'member')
            """, as: String.self)
        if let owner { try await session.execute("select set_config('role', \(owner), false)") }
    }

    private func createTables(_ session: PostgresSession) async throws {
        try await session.runScript(
            """
            create table if not exists schema_migrations (
                name text primary key,
                checksum text not null,
                applied_at timestamptz not null default now()
            );
            create table if not exists unfinished_migrations (
                name text primary key,
                begun_at timestamptz not null default now()
            )
            """)
    }

    private func states(_ session: PostgresSession) async throws -> [MigrationStatus] {
        let recorded = try await session.query(
            """
            select name, checksum, applied_at from schema_migrations
            union all select name, null, begun_at from unfinished_migrations
            """, columns: (String, String?, Date).self)
        var byName: [String: (checksum: String?, date: Date)] = [:]
        for (name, checksum, date) in recorded { byName[name] = (checksum, date) }
        var result = files.map { file in
            let state: MigrationStatus.State =
                switch byName.removeValue(forKey: file.name) {
                case nil: .pending
                case (nil, let begun)?: .unfinished(begun)
                case (file.checksum, let date)?: .applied(date)
                case (_, let date)?: .changed(date)
                }
            return MigrationStatus(name: file.name, state: state)
        }
        for (name, known) in byName { result.append(MigrationStatus(name: name, state: .missing(known.date))) }
        return result.sorted { $0.name < $1.name }
    }

    private func check(_ states: [MigrationStatus]) throws(MigrationError) {
        for status in states {
            switch status.state {
            case .changed: throw .changed(status.name)
            case .missing: throw .missing(status.name)
            case .pending, .unfinished, .applied: break
            }
        }
        guard let newest = states.last(where: \.isApplied)?.name else { return }
        let pending = Set(states.filter { $0.state == .pending && $0.name < newest }.map(\.name))
        for file in files where pending.contains(file.name) && file.replacesObjects {
            throw .outOfOrder(file.name, appliedAlready: newest)
        }
    }

    private func applyInTransaction(
        _ file: MigrationFile, _ searchPath: String, _ session: PostgresSession
    ) async throws {
        do {
            try await session.runScript("begin")
            try await session.runScript(file.sql)
            try await record(file, searchPath, session)
            try await session.runScript("commit")
        } catch PostgresError.commitOutcomeUnknown(let reason) {
            throw MigrationError.unconfirmed(file.name, .commitOutcomeUnknown(reason))
        } catch {
            throw MigrationError.failed(file.name, error)
        }
    }

    private func applyStatements(_ file: MigrationFile, _ searchPath: String, _ session: PostgresSession) async throws {
        try await session.execute(
            """
            insert into unfinished_migrations (name) values (\(file.name))
            on conflict (name) do update set begun_at = now()
            """)
        let statements = SQLStatements.split(file.sql)
        for (index, statement) in statements.enumerated() {
            do {
                try await session.runScript(statement)
            } catch {
                // Only a server that refused the statement can still be asked over this connection.
                let invalid = error.sqlState == nil ? [] : try await invalidIndexes(of: file, session)
                throw MigrationError.interrupted(
                    MigrationError.Interruption(
                        name: file.name, statement: index + 1, statements: statements.count, cause: error,
                        invalidIndexes: invalid))
            }
        }
        let invalid = try await invalidIndexes(of: file, session)
        guard invalid.isEmpty else { throw MigrationError.invalidIndexes(file.name, invalid) }
        do {
            try await session.runScript("begin")
            try await record(file, searchPath, session)
            try await session.runScript("commit")
        } catch {
            throw MigrationError.unconfirmed(file.name, error)
        }
    }

    private func record(
        _ file: MigrationFile, _ searchPath: String, _ session: PostgresSession
    ) async throws(PostgresError) {
        // The file may have set another one.
        try await set(searchPath, session)
        try await session.execute(
            "insert into schema_migrations (name, checksum) values (\(file.name), \(file.checksum))")
        try await session.execute("delete from unfinished_migrations where name = \(file.name)")
    }

    /// Indexes that the file names and that can't be used: `IF NOT EXISTS` passes over them. That of a partitioned table is
    /// invalid by right until each partition has its own.
    private func invalidIndexes(of file: MigrationFile, _ session: PostgresSession) async throws -> [String] {
        try await session.queryValues(
            """
            select relname::text from pg_index join pg_class on pg_class.oid = indexrelid
                join pg_namespace on pg_namespace.oid = relnamespace
            where not indisvalid and relkind = 'i' and nspname = current_schema() and strpos(\(file.sql), relname) > 0
            order by 1
            """, as: String.self)
    }
}

extension MigrationStatus {
    fileprivate var isApplied: Bool {
        if case .applied = state { true } else { false }
    }
}
