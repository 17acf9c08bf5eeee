package import AsyncHTTPClient
import Configuration
package import Core
package import Jobs
package import Logging
import Metrics
import Outbound
package import Postgres
package import Redis
package import ServiceLifecycle
package import Telemetry
package import Vault

/// What every process of the product stands on: settings, clocks and ids, logs and metrics, both stores, the queue.
/// Each process builds one and adds its own part.
package struct Platform: Sendable {
    package let configuration: HaatConfiguration
    package let logger: Logger
    package let metrics: MetricsRegistry
    package let clock: SystemClock
    package let ids: UUIDv7Generator
    package let postgres: PostgresClient
    package let redis: RedisClient
    package let queue: JobQueue
    package let jobs: JobOperations
    package let vault: Vault
    package let audit: AuditStore
    package let http: HTTPClient

    /// - Parameters:
    ///   - process: the process' name in logs and `pg_stat_activity`.
    ///   - connections: at most this many connections to PostgreSQL.
    ///   - subscriptions: what the events that this process publishes cause.
    /// - Throws: `ConfigurationError`, `PostgresError.configuration` or `RedisError.configuration`, which name the setting.
    package init(
        process: String, configuration: HaatConfiguration, metrics: MetricsRegistry, connections: Int,
        subscriptions: Subscriptions
    ) throws {
        self.configuration = configuration
        self.metrics = metrics
        logger = Logger(label: process)
        clock = SystemClock()
        let ids = UUIDv7Generator(clock: clock)
        self.ids = ids
        postgres = try Self.postgres(configuration, process: process, connections: connections)
        redis = try Self.redis(configuration)
        queue = JobQueue(
            postgres: postgres, redis: redis,
            envelopeKey: configuration.encryptionKeys.current.derived(for: "job-envelope"),
            subscriptions: subscriptions, logger: Logger(label: "jobs")
        ) { ids.next() }
        jobs = JobOperations(postgres: postgres, redis: redis)
        vault = Vault(keys: configuration.encryptionKeys, ids: ids)
        audit = AuditStore(chain: AuditChain(keys: configuration.auditKeys), ids: ids, clock: clock)
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: HTTPTransport.clientConfiguration)
        metrics.registerPool(of: postgres)
        metrics.registerConnections(of: redis)
        for warning in configuration.warnings { logger.warning("\(warning)") }
    }

    /// The long-lived parts, in the order in which they start; they stop in reverse.
    package var services: [any Service] {
        [HTTPClientService(client: http), redis, postgres, DurabilityCheck(postgres: postgres, logger: logger)]
    }

    /// Of a process that stays up, which warns of its own login; commands leave that to it.
    package var evidenceCheck: EvidenceCheck { EvidenceCheck(postgres: postgres, logger: logger) }

    private static func postgres(
        _ configuration: HaatConfiguration, process: String, connections: Int
    ) throws -> PostgresClient {
        do {
            var settings = try PostgresConfiguration(connectionString: configuration.stores.databaseURL.reveal())
            settings.maximumConnections = connections
            settings.applicationName = process
            return PostgresClient(configuration: settings, logger: Logger(label: "postgres"))
        } catch {
            throw ConfigurationError(failures: ["HAAT_DATABASE_URL is not a usable connection string: \(error)"])
        }
    }

    private static func redis(_ configuration: HaatConfiguration) throws -> RedisClient {
        do {
            let settings = try RedisConfiguration(url: configuration.stores.redisURL.reveal())
            return RedisClient(configuration: settings, logger: Logger(label: "redis"))
        } catch {
            throw ConfigurationError(failures: ["HAAT_REDIS_URL is not usable: \(error)"])
        }
    }
}

/// Shuts the HTTP client down after everything that uses it.
private struct HTTPClientService: Service {
    let client: HTTPClient

    func run() async throws {
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // The group is being torn down: close all the same.
        }
        try await client.shutdown()
    }
}
