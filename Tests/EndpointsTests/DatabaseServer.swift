import Core
import Crypto
import Endpoints
import Hummingbird
import HummingbirdTesting
import Jobs
import Logging
import Postgres
import Redis
import TestSupport
import Vault

import struct Foundation.UUID

/// Runs `body` against a live server of endpoints whose work and idempotency keys are in a database; no Redis is there.
func withEndpoints<Services: Sendable>(
    _ endpoints: [Endpoints.Endpoint<Services>], uploads: [Endpoints.UploadEndpoint<Services>] = [],
    of services: Services, statementTimeout: Duration = .seconds(60),
    idempotency: IdempotencySettings = IdempotencySettings(),
    _ body: @escaping @Sendable (any TestClientProtocol, TestDatabase) async throws -> Void
) async throws {
    try await TestDatabase.withDatabase(configure: { $0.statementTimeout = statementTimeout }) { database in
        let postgres = database.client
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let redis = RedisClient(configuration: try RedisConfiguration(url: "redis://127.0.0.1:1/0"), logger: logger)
        let key = SymmetricKey(size: .bits256)
        let dependencies = APIDependencies(
            principals: BazaarPrincipals(),
            idempotency: PostgresIdempotencyStore(
                database: postgres, vault: Vault(keys: RootKeys(EncryptionKey()), ids: UUIDv7Generator())),
            scope: JobQueue(postgres: postgres, redis: redis, envelopeKey: key, logger: logger) { UUID() },
            rateLimiter: InMemoryRateLimiter(), bodies: BodyBudget(), logger: logger)
        var settings = APISettings(publicURL: "http://localhost:8080")
        settings.idempotency = idempotency
        let api = try API(endpoints: endpoints, uploads: uploads, settings: settings)
        let application = Application(
            router: api.router(services: services, dependencies: dependencies),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)), logger: logger)
        try await application.test(.ahc(.http)) { client in try await body(client, database) }
    }
}
