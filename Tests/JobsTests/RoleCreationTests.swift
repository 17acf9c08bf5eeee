import Postgres
import Testing

@testable import TestSupport

@Suite("Migrations on a server without roles", .timeLimit(.minutes(10))) struct RoleCreationTests {
    private static let missing = "haat_owner"

    private func migrate(
        _ database: String, on server: PrivatePostgres, as login: String = "haat"
    ) async throws {
        let anywhere = try PostgresConfiguration(connectionString: server.connectionString())
        let configuration = try PostgresConfiguration(
            connectionString: anywhere.connectionString(database: database) + " user='\(login)'")
        try await configuration.withClient {
            _ = try await Migrator(directory: MigratedTemplate.directory, client: $0).migrate()
        }
    }

    private func asSuperuser<Result: Sendable>(
        of server: PrivatePostgres, in database: String = "postgres",
        _ body: @Sendable (PostgresClient) async throws -> Result
    ) async throws -> Result {
        let anywhere = try PostgresConfiguration(connectionString: server.connectionString())
        return try await PostgresConfiguration(connectionString: anywhere.connectionString(database: database))
            .withClient(body)
    }

    @Test("A superuser's make them, once for two databases at the same time, and give everything to the owner")
    func superuser() async throws {
        try await PrivatePostgres.withServer { server in
            try await asSuperuser(of: server) { postgres in
                for name in ["one", "two"] { try await postgres.execute("CREATE DATABASE \(unescaped: name)") }
            }
            async let one: Void = migrate("one", on: server)
            async let two: Void = migrate("two", on: server)
            _ = try await (one, two)
            for name in ["one", "two"] {
                let owners = try await asSuperuser(of: server, in: name) { database in
                    try await database.queryValues(
                        """
                        SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
                        UNION SELECT proowner::regrole::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                        """, as: String.self)
                }
                #expect(owners == ["haat_owner"])
            }
            let roles = try await asSuperuser(of: server) { postgres in
                try await postgres.queryValues(
                    "SELECT concat_ws(' ', rolname, rolcanlogin, rolsuper) FROM pg_roles WHERE rolname LIKE 'haat\\_%' ORDER BY 1",
                    as: String.self)
            }
            #expect(roles == ["haat_app f f", "haat_maintenance f f", "haat_owner f f", "haat_readonly f f"])
        }
    }

    @Test("Who may not make them is told which is missing, and nothing of the file is applied")
    func ordinary() async throws {
        try await PrivatePostgres.withServer { server in
            try await asSuperuser(of: server) { postgres in
                try await postgres.execute("CREATE ROLE ordinary LOGIN")
                try await postgres.execute("CREATE DATABASE one OWNER ordinary")
            }
            let error = await #expect(throws: MigrationError.self) {
                try await migrate("one", on: server, as: "ordinary")
            }
            #expect(
                error.map { "\($0)".contains("the role \(Self.missing) is missing") } == true,
                "\(String(describing: error))")
            let granted = try await asSuperuser(of: server, in: "one") { database in
                try await database.queryValue(
                    "SELECT count(*) FROM schema_migrations WHERE name LIKE '%roles.sql'", as: Int.self)
            }
            #expect(granted == 0)
        }
    }
}
