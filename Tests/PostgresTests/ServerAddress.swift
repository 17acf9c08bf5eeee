import Postgres
import TestSupport
import Testing

extension TestServer {
    /// The port of the tests' server.
    static func port() async throws -> UInt16 {
        try await configuration().withClient { client in
            let port = try await client.queryValue("select inet_server_port()", as: Int.self)
            return UInt16(port ?? 5432)
        }
    }
}

extension TestDatabase {
    /// The same database through another port of this machine.
    func configuration(throughPort port: UInt16) throws -> PostgresConfiguration {
        // libpq takes the last of two values for one keyword.
        try PostgresConfiguration(connectionString: connectionString + " hostaddr='127.0.0.1' port='\(port)'")
    }

    /// Waits until the server executes the statement in this database.
    func waitUntilRunning(_ statement: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await TestServer.configuration().withClient { server in
            try await eventually(
                {
                    let count = try await server.queryValue(
                        """
                        select count(*) from pg_stat_activity
                        where datname = \(name) and state = 'active' and query = \(statement)
                        """, as: Int.self)
                    return count == 1
                }, sourceLocation: sourceLocation)
        }
    }
}
