package import Postgres
import TestSupport

/// A PostgreSQL server and its synchronous standby, and what an operator's failover manager does with the two.
package actor PostgresPair {
    package private(set) var primary: PostgresServer
    package private(set) var standby: PostgresServer
    package nonisolated let servers: [PostgresServer]

    /// Two running servers, of which every commit reaches both before it is answered.
    package init(on machinery: Machinery, named name: String) async throws {
        let first = try await machinery.makePostgres(named: "\(name)-a")
        let second = try await PostgresServer(
            machinery.programs, name: "\(name)-b", copyOf: first, reaper: machinery.reaper)
        primary = first
        standby = second
        servers = [first, second]
        try await second.start()
        try await requireStandby()
    }

    /// Kills the primary with everything that it is doing, and has the standby take its place, which waits for nobody then.
    package func failOver() async throws {
        await primary.kill()
        try await promoteStandby()
    }

    /// Has the standby take the primary's place. What the former primary goes on doing is nobody's any more.
    package func promoteStandby() async throws {
        try await standby.execute("SELECT pg_promote(wait => true, wait_seconds => 60)")
        swap(&primary, &standby)
    }

    /// Makes the server that was primary before a standby again, from nothing, and has every commit wait for it.
    package func rebuildStandby() async throws {
        try await standby.copy(primary)
        try await standby.start()
        try await requireStandby()
    }

    private func requireStandby() async throws {
        try await primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        try await primary.execute("SELECT pg_reload_conf()")
        let isSynchronous = try await eventually(within: .seconds(60)) {
            try await primary.ask("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1
        }
        guard isSynchronous else { throw HarnessError.timedOut("the standby is synchronous") }
    }
}

extension PostgresServer {
    func execute(_ sql: String) async throws {
        try await withAdministrator { try await $0.withConnection { try await $0.runScript(sql) } }
    }

    func ask(_ sql: String) async throws -> Int? {
        try await withAdministrator { try await $0.queryValue(PostgresStatement(sql: sql), as: Int.self) }
    }

    /// Runs the body with a client of one of the server's databases, for the length of it; also of a standby's.
    package nonisolated func withAdministrator<Result: Sendable>(
        of database: String = "postgres", _ body: @Sendable (PostgresClient) async throws -> Result
    ) async throws -> Result {
        var configuration = try PostgresConfiguration(
            connectionString: url(database: database) + "?target_session_attrs=any")
        configuration.minimumConnections = 0
        configuration.maximumConnections = 1
        configuration.statementTimeout = .seconds(90)
        return try await configuration.withClient(body)
    }
}
