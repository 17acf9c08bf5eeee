package import Core
import Foundation
package import Postgres
package import Redis

/// Whether a store takes what the processes ask of it.
package enum StoreHealth: Sendable, Equatable {
    case healthy
    /// Why not, for the log.
    case failing(String)

    package var isHealthy: Bool { self == .healthy }
}

/// Tries out the stores. A store that is up but read-only, full, not durable or without our schema is failing.
package struct StoreProbe: Sendable {
    private let postgres: PostgresClient
    private let redis: RedisClient
    /// Of this process alone: nobody else's writes are taken for ours.
    private let key = "haat:health:\(UUID().uuidString)"

    package init(postgres: PostgresClient, redis: RedisClient) {
        self.postgres = postgres
        self.redis = redis
    }

    /// Commits a message in the write-ahead log, which the disk and the synchronous standby have to take as they take any row,
    /// while no table grows and no process waits for another's row.
    package func checkPostgres() async -> StoreHealth {
        do {
            let finding = try await postgres.queryOne(
                """
                SELECT \(unescaped: CommitDurability.query) AS durability,
                    ARRAY(SELECT name FROM unnest(\(RequiredSchema.migrations)) AS required (name)
                        WHERE NOT EXISTS (SELECT FROM schema_migrations AS applied WHERE applied.name = required.name)
                        ORDER BY name) AS missing_migrations,
                    CASE WHEN NOT pg_is_in_recovery() AND NOT current_setting('transaction_read_only')::boolean
                        THEN pg_logical_emit_message(true, 'haat.health', '')::text END AS position
                """, as: PostgresFinding.self)
            return finding?.objection.map(StoreHealth.failing) ?? .healthy
        } catch {
            return .failing("\(error)")
        }
    }

    /// Writes a key, which is gone a minute later, and reads it back.
    package func checkRedis() async -> StoreHealth {
        let value = UUID().uuidString
        do {
            _ = try await redis.send(RedisCommand("SET", key, value, "EX", "60"))
            let read = try await redis.send(RedisCommand("GET", key)).text
            return read == value ? .healthy : .failing("the probe's key did not come back")
        } catch {
            return .failing("\(error)")
        }
    }
}

private struct PostgresFinding: PostgresRowDecodable {
    let durability: String
    let missingMigrations: [String]
    let position: String?

    init(row: PostgresRow) throws(PostgresError) {
        durability = try row.decode("durability")
        missingMigrations = try row.decode("missing_migrations")
        position = try row.decode("position")
    }

    var objection: String? {
        guard missingMigrations.isEmpty else {
            return "not applied: \(missingMigrations.joined(separator: ", ")); run haat-api migrate"
        }
        guard position != nil else { return "its sessions are read-only" }
        return CommitDurability.objection(to: durability)
    }
}
