package import Core
package import Logging
package import Postgres
import ServiceLifecycle

/// Looks whether the database keeps what it acknowledges: before the process starts, and, where the database could not be
/// reached then, once it can.
package struct DurabilityCheck: Service {
    private static let pause: Duration = .seconds(2)

    private let postgres: PostgresClient
    private let logger: Logger

    package init(postgres: PostgresClient, logger: Logger) {
        self.postgres = postgres
        self.logger = logger
    }

    /// Returns where the database is durable and gives sessions, and where it does not answer: a process starts without it.
    /// - Throws: `ConfigurationError` naming HAAT_DATABASE_URL.
    package static func beforeStart(_ configuration: HaatConfiguration, process: String) async throws {
        let setting = try await FirstQuestion.ask(configuration, process: process) { client in
            try await client.queryValue("SELECT \(unescaped: CommitDurability.query)", as: String.self)
        }
        guard case .some(.some(let setting)) = setting,
            let objection = CommitDurability.objection(to: setting)
        else { return }
        throw ConfigurationError(failures: [objection])
    }

    /// Says so until the database is durable, then rests. Readiness tells the same to whoever watches the process.
    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await watch() }
        } catch is CancellationError {
            // The end of the process.
        }
    }

    private func watch() async throws {
        while try await !isDurable() { try await Task.sleep(for: Self.pause) }
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    private func isDurable() async throws -> Bool {
        do {
            let setting = try await postgres.queryValue(
                "SELECT \(unescaped: CommitDurability.query)", as: String.self)
            guard let setting, let objection = CommitDurability.objection(to: setting) else { return setting != nil }
            logger.critical(
                "The database is not durable; this process is not ready", metadata: ["reason": "\(objection)"])
            return false
        } catch PostgresError.cancelled {
            throw CancellationError()
        } catch PostgresError.configuration(let reason) {
            logger.critical(
                "The database can't be used; this process is not ready", metadata: ["HAAT_DATABASE_URL": "\(reason)"])
            return false
        } catch {
            return false
        }
    }
}
