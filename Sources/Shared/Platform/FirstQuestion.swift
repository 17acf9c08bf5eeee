import Core
import Logging
import Postgres

/// What a process asks the database before it starts, over a connection of its own.
enum FirstQuestion {
    static let patience: Duration = .seconds(2)

    /// Nil where the database does not answer: a process starts without it.
    /// - Throws: `ConfigurationError` naming HAAT_DATABASE_URL.
    static func ask<Answer: Sendable>(
        _ configuration: HaatConfiguration, process: String,
        _ body: @Sendable (PostgresClient) async throws -> Answer
    ) async throws -> Answer? {
        var settings: PostgresConfiguration
        do {
            settings = try PostgresConfiguration(connectionString: configuration.stores.databaseURL.reveal())
        } catch {
            throw ConfigurationError(failures: ["HAAT_DATABASE_URL is not a usable connection string: \(error)"])
        }
        settings.maximumConnections = 1
        settings.applicationName = process
        settings.connectTimeout = patience
        settings.acquireTimeout = patience
        settings.statementTimeout = patience
        let client = PostgresClient(configuration: settings, logger: Logger(label: "postgres"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            defer { group.cancelAll() }
            do {
                return try await body(client)
            } catch PostgresError.configuration(let reason) {
                throw ConfigurationError(failures: ["HAAT_DATABASE_URL: \(reason)"])
            } catch {
                Logger(label: process).warning(
                    "PostgreSQL does not answer; starting without it", metadata: ["error": "\(error)"])
                return nil
            }
        }
    }
}
