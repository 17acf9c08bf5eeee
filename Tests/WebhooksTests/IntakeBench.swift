import Crypto
import Foundation
import Jobs
import Logging
import Postgres
import Redis
import TestSupport
import Testing

@testable import Webhooks

/// An intake with a database of its own, and a provider that signs.
struct IntakeBench: Sendable {
    static let secret = "whsec_bench"

    let postgres: PostgresClient
    let owner: PostgresClient
    let redis: RedisClient
    let queue: JobQueue
    let intake: WebhookIntake
    let verifier = SignedPushes(secret: secret)

    /// - Parameters:
    ///   - redisURL: for a Redis that is not there.
    ///   - databaseURL: for a PostgreSQL that is not there; the bench's own database is only for looking then.
    ///   - patience: longer than the product's, for a machine that does other things besides.
    static func open(
        redisURL: String? = nil, databaseURL: String? = nil, maximumInFlight: Int = 4096,
        patience: Duration = .seconds(60),
        _ body: @escaping @Sendable (IntakeBench) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase { database in
            let redis = RedisClient(
                configuration: try RedisConfiguration(url: try redisURL ?? TestRedis().url), logger: quietLogger)
            let receiving: PostgresClient
            if let databaseURL {
                receiving = PostgresClient(
                    configuration: try PostgresConfiguration(connectionString: databaseURL), logger: quietLogger)
            } else {
                receiving = database.client
            }
            try await withThrowingTaskGroup { group in
                group.addTask { try await redis.run() }
                if databaseURL != nil { group.addTask { try await receiving.run() } }
                let queue = JobQueue(
                    postgres: receiving, redis: redis, envelopeKey: SymmetricKey(size: .bits256), logger: quietLogger,
                    makeID: makeUUIDv7)
                let intake = WebhookIntake(
                    postgres: receiving, redis: redis, queue: queue, logger: quietLogger,
                    maximumInFlight: maximumInFlight, patience: patience, makeID: makeUUIDv7)
                try await body(
                    IntakeBench(
                        postgres: database.client, owner: database.owner, redis: redis, queue: queue, intake: intake))
                group.cancelAll()
            }
        }
    }

    func receive(_ body: [UInt8], for account: String = "stripe") async -> WebhookReceipt {
        let header = Self.sign(body)
        return await intake.receive(
            for: account, verifier, header: { $0 == SignedPushes.headerName ? header : nil }
        ) { await $0(body) }
    }

    /// Fails the test unless the table has so many rows.
    func expect(_ count: Int, in table: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let found = try await postgres.queryValue("SELECT count(*) FROM \(unescaped: table)", as: Int.self)
        #expect(found == count, "rows in \(table)", sourceLocation: sourceLocation)
    }

    static func event(_ id: String = newID(), type: String = "payment_intent.created", note: String = "") -> [UInt8] {
        Array("{\"id\":\"\(id)\",\"type\":\"\(type)\",\"note\":\"\(note)\"}".utf8)
    }

    static func newID() -> String { "evt_\(UUID().uuidString)" }

    static func sign(_ body: [UInt8]) -> String {
        SignedPushes(secret: secret).signature(of: body)
    }
}

let quietLogger: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

/// 48 bits of time, then randomness.
@Sendable func makeUUIDv7() -> UUID {
    let milliseconds = UInt64(Date().timeIntervalSince1970 * 1000)
    var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
    for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: milliseconds >> UInt64(8 * (5 - index))) }
    bytes[6] = bytes[6] & 0x0F | 0x70
    bytes[8] = bytes[8] & 0x3F | 0x80
    return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
}
