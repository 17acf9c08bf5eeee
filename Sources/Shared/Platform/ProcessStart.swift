package import Configuration
package import Core
import Foundation
import Jobs
import Logging
import Metrics
import Postgres
package import Telemetry

/// The first steps of every process, and how it ends when they fail.
package enum ProcessStart {
    /// `EX_CONFIG` of sysexits.h: a setting is missing or malformed.
    package static let configurationExitStatus: Int32 = 78

    /// Settings from the environment.
    package static var environment: ConfigReader { ConfigReader(provider: EnvironmentVariablesProvider()) }

    /// Runs the body; a setting that is missing or malformed becomes one clear line and exit status 78.
    package static func run(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ConfigurationError {
            for failure in error.failures { FileHandle.standardError.write(Data((failure + "\n").utf8)) }
            exit(configurationExitStatus)
        }
    }

    /// Sets up logs without secrets and metrics, before the first logger or counter is made. Once per process.
    package static func bootstrapTelemetry(_ configuration: HaatConfiguration) -> MetricsRegistry {
        let redaction = SecretRedaction()
        for secret in configuration.allSecrets { redaction.register(secret.reveal()) }
        LoggingSystem.bootstrapJSON(level: configuration.logLevel, redaction: redaction)
        let metrics = MetricsRegistry()
        MetricsSystem.bootstrap(metrics)
        return metrics
    }
}

extension HaatConfiguration {
    /// Everything that must not stand in a log.
    fileprivate var allSecrets: [Secret] {
        secrets + [stores.databaseURL, stores.redisURL, smtpURL].flatMap(\.passwords)
    }
}

extension Secret {
    /// The passwords inside a URL or a connection string, as they are and as they are written there: libraries quote them
    /// without the rest.
    var passwords: [Secret] {
        let text = reveal()
        let url = URLComponents(string: text)
        let texts = [
            url?.password, url?.percentEncodedPassword,
            // A malformed connection string is refused by name elsewhere.
            (try? PostgresConfiguration(connectionString: text))?.password,
        ]
        return texts.compactMap { $0.map { Secret($0) } }
    }
}
