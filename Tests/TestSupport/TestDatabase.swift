import FoundationEssentials
import Logging
package import Postgres

/// A database of a test's own, gone when the test is.
package struct TestDatabase: Sendable {
    package let name: String
    package let configuration: PostgresConfiguration
    /// A running client.
    package let client: PostgresClient

    /// Where the database is, as a libpq connection string.
    package var connectionString: String { configuration.connectionString() }

    /// Runs the body with a new database, and drops it whatever happens.
    ///
    /// With `migrated` it has all of the repository's Migrations. `configure` may change the client's settings.
    /// - Throws: the body's error, or one that says why there is no database.
    @discardableResult
    package static func withDatabase<R: Sendable>(
        migrated: Bool = true, configure: @Sendable (inout PostgresConfiguration) -> Void = { _ in },
        _ body: @Sendable (TestDatabase) async throws -> R
    ) async throws -> R {
        var configuration = try TestServer.configuration()
        configuration.minimumConnections = 0
        configuration.maximumConnections = 2
        configuration.idleTimeout = .seconds(1)
        configuration.connectTimeout = .seconds(60)
        configuration.acquireTimeout = .seconds(60)
        configuration.statementTimeout = .seconds(60)
        return try await configuration.withClient { server in
            let template = migrated ? try await MigratedTemplate(server: server).make() : "template1"
            let name = "haat_test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
            try await server.withConnection { try await $0.runScript("create database \(name) template \(template)") }
            var own = try PostgresConfiguration(
                connectionString: TestServer.configuration().connectionString(database: name))
            // As long as a machine needs that does other things besides.
            own.connectTimeout = .seconds(60)
            own.acquireTimeout = .seconds(60)
            configure(&own)
            let result = await Result { @Sendable [own] in
                try await own.withClient { try await body(TestDatabase(name: name, configuration: own, client: $0)) }
            }
            try await server.drop(name)
            return try result.get()
        }
    }
}

/// The server that `HAAT_TEST_DATABASE_URL` names.
package enum TestServer {
    /// - Throws: `MissingSetting` without the variable.
    package static func configuration() throws -> PostgresConfiguration {
        guard let url = ProcessInfo.processInfo.environment["HAAT_TEST_DATABASE_URL"] else {
            throw MissingSetting(name: "HAAT_TEST_DATABASE_URL")
        }
        return try PostgresConfiguration(connectionString: url)
    }
}

/// A variable that the tests need is not set; `./haat test` sets it.
package struct MissingSetting: Error, CustomStringConvertible {
    package let name: String

    package var description: String { "\(name) is not set: run the tests with ./haat test, which starts the servers" }
}

extension PostgresConfiguration {
    /// Runs the body with a running client, and shuts it down.
    @discardableResult
    package func withClient<R: Sendable>(_ body: @Sendable (PostgresClient) async throws -> R) async throws -> R {
        let client = PostgresClient(configuration: self, logger: Logger(label: "test"))
        return try await withThrowingTaskGroup { group in
            group.addTask { try await client.run() }
            let result = await Result { try await body(client) }
            group.cancelAll()
            try await group.waitForAll()
            return try result.get()
        }
    }
}

extension Result where Success: Sendable, Failure == any Error {
    fileprivate init(_ body: @Sendable () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

extension PostgresClient {
    fileprivate func drop(_ database: String) async throws {
        try await withConnection { try await $0.runScript("drop database if exists \(database) with (force)") }
    }
}
