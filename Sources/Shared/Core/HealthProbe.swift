import Foundation
package import Postgres
package import Redis

/// Whether the stores of this process really take reads and writes.
package struct HealthProbe: Sendable {
    /// The state of one store.
    package enum StoreHealth: Sendable, Equatable {
        case healthy
        case failing(String)

        package var isHealthy: Bool { self == .healthy }
    }

    /// What a probe has found.
    package struct Report: Sendable, Equatable {
        package let postgres: StoreHealth
        package let redis: StoreHealth
    }

    private let process: String
    private let postgres: PostgresClient
    private let redis: RedisClient

    /// - Parameter process: names the probe's row and key, such as `haat-api`.
    package init(process: String, postgres: PostgresClient, redis: RedisClient) {
        self.process = process
        self.postgres = postgres
        self.redis = redis
    }

    /// Writes to both stores and reads back. A store that is up but read-only or full is failing.
    package func check() async -> Report {
        async let postgres = checkPostgres()
        async let redis = checkRedis()
        return await Report(postgres: postgres, redis: redis)
    }

    private func checkPostgres() async -> StoreHealth {
        do {
            let written = try await postgres.queryValue(
                """
                INSERT INTO health_probes (process, checked_at) VALUES (\(process), now())
                ON CONFLICT (process) DO UPDATE SET checked_at = excluded.checked_at RETURNING checked_at
                """, as: Date.self)
            return written == nil ? .failing("the probe's row did not come back") : .healthy
        } catch {
            return .failing("\(error)")
        }
    }

    private func checkRedis() async -> StoreHealth {
        let key = "haat:health:\(process)"
        let value = UUID().uuidString
        do {
            _ = try await redis.send(RedisCommand("SET", key, value, "EX", "60"))
            let read = try await redis.send(RedisCommand("GET", key)).text
            // Another replica may have written in between: any value proves the write.
            return read == nil ? .failing("the probe's key did not come back") : .healthy
        } catch {
            return .failing("\(error)")
        }
    }
}
