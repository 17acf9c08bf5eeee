import FoundationEssentials
import Logging
package import Postgres

/// A database of a test's own, gone when the test is.
package struct TestDatabase: Sendable {
    package let name: String
    package let configuration: PostgresConfiguration
    /// A running client: in a migrated database the worker's, who has the API's rights as well, else the owner's.
    package let client: PostgresClient
    /// Another as the server's superuser: for what tests stage or tamper with, and no process may.
    package let owner: PostgresClient

    /// Where the database is, as a libpq connection string of the client's login.
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
            if migrated { try await server.forbidTemporaryTables(in: name) }
            var owners = try TestServer.configuration(of: name)
            owners.minimumConnections = 0
            var own = try TestServer.configuration(of: name, as: migrated ? TestServer.worker : nil)
            // As long as a machine needs that does other things besides.
            owners.connectTimeout = .seconds(60)
            own.connectTimeout = .seconds(60)
            own.acquireTimeout = .seconds(60)
            configure(&own)
            let result = await Result { @Sendable [own, owners] in
                try await owners.withClient { owner in
                    try await own.withClient { client in
                        try await body(TestDatabase(name: name, configuration: own, client: client, owner: owner))
                    }
                }
            }
            try await server.drop(name)
            return try result.get()
        }
    }

    /// Makes a table of the test's own, with which the processes may do everything.
    package func makeTable(_ name: String, _ columns: String) async throws {
        try await owner.withConnection { session in
            try await session.runScript("create table \(name) (\(columns)); grant all on \(name) to haat_app")
        }
    }
}

/// The server that `HAAT_TEST_DATABASE_URL` names.
package enum TestServer {
    /// The logins of the processes, which `./haat test` makes.
    package static let (api, worker) = ("haat_api", "haat_worker")

    /// - Throws: `MissingSetting` without the variable.
    package static func configuration() throws -> PostgresConfiguration {
        guard let url = ProcessInfo.processInfo.environment["HAAT_TEST_DATABASE_URL"] else {
            throw MissingSetting(name: "HAAT_TEST_DATABASE_URL")
        }
        return try PostgresConfiguration(connectionString: url)
    }

    /// One database of it, for the superuser unless a login is named.
    fileprivate static func configuration(of database: String, as login: String? = nil) throws -> PostgresConfiguration
    {
        let superuser = try configuration().connectionString(database: database)
        var result = try PostgresConfiguration(connectionString: superuser + (login.map { " user='\($0)'" } ?? ""))
        // As long as a machine needs that does other things besides.
        result.acquireTimeout = .seconds(60)
        return result
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
    /// As the migrations say, which a copied database does not have from its template.
    fileprivate func forbidTemporaryTables(in database: String) async throws {
        try await withConnection { try await $0.runScript("revoke temporary on database \(database) from public") }
    }

    fileprivate func drop(_ database: String) async throws {
        try await withConnection { try await $0.runScript("drop database if exists \(database) with (force)") }
    }
}
