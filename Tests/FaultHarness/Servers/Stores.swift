/// Where a marketplace keeps its data, as far as that is not left to the harness.
package struct Stores: Sendable {
    package var postgres: PostgresServer?
    package var redis: RedisServer?
    /// Where the processes find PostgreSQL and Redis, if not at the servers themselves.
    package var postgresPort: Int?
    package var redisPort: Int?

    package init(postgres: PostgresServer? = nil, redis: RedisServer? = nil) {
        self.postgres = postgres
        self.redis = redis
    }
}
