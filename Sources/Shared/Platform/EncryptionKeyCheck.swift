package import Core
package import Logging
package import Postgres
package import ServiceLifecycle
import Vault

/// Looks whether the settings name the keys that the database's secrets need: before the process starts, and, where the database could
/// not be reached then, once it can. A process with a wrong key ends before it has failed anybody's request for long.
package struct EncryptionKeyCheck: Service {
    private static let pause: Duration = .seconds(2)

    private let keys: RootKeys
    private let postgres: PostgresClient
    private let logger: Logger

    package init(of platform: Platform) {
        keys = platform.configuration.encryptionKeys
        postgres = platform.postgres
        logger = platform.logger
    }

    /// Returns where all is well, and where the database does not answer.
    /// - Throws: `ConfigurationError` naming HAAT_ENCRYPTION_KEY.
    package static func beforeStart(_ configuration: HaatConfiguration, process: String) async throws {
        let keys = configuration.encryptionKeys
        let objection = try await FirstQuestion.ask(configuration, process: process) { client in
            try await Self.objection(to: keys, in: client)
        }
        if case .some(.some(let text)) = objection { throw ConfigurationError(failures: [text]) }
    }

    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await watch() }
        } catch is CancellationError {
            // The end of the process.
        }
    }

    private func watch() async throws {
        while try await !isSound() { try await Task.sleep(for: Self.pause) }
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    /// False where the database does not say.
    private func isSound() async throws -> Bool {
        let objection: String?
        do {
            objection = try await Self.objection(to: keys, in: postgres)
        } catch PostgresError.cancelled {
            throw CancellationError()
        } catch {
            logger.debug("The encryption key could not be compared yet", metadata: ["error": "\(error)"])
            return false
        }
        if let objection { throw ConfigurationError(failures: [objection]) }
        return true
    }

    /// Nil, too, where the schema is not there yet: readiness tells of that.
    private static func objection(to keys: RootKeys, in client: PostgresClient) async throws -> String? {
        do {
            return try await KeyVersions().objection(to: keys, in: client)
        } catch PostgresError.server(let error) where error.sqlState == "42P01" {
            return nil
        }
    }
}
