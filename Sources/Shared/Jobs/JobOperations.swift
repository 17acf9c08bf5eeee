package import Foundation
package import Postgres
package import Redis

/// How much unfinished work PostgreSQL knows of in one queue.
package struct QueueBacklog: Sendable, PostgresRowDecodable {
    package let queue: String
    package let unfinished: Int
    package let dead: Int
    /// Seconds that the longest-waiting due job has waited; 0 where none waits.
    package let oldestPendingSeconds: Double

    package init(row: PostgresRow) throws(PostgresError) {
        queue = try row.decode("queue")
        unfinished = try row.decode("unfinished")
        dead = try row.decode("dead")
        oldestPendingSeconds = try row.decode("oldest_seconds")
    }
}

/// What operators do to jobs, from the command line and over REST.
package struct JobOperations: Sendable {
    private let postgres: PostgresClient
    private let control: QueueControl

    package init(postgres: PostgresClient, redis: RedisClient) {
        self.postgres = postgres
        control = QueueControl(redis: redis)
    }

    /// Newest first; `before` is the id that the previous page ended with.
    package func list(
        state: JobState?, queue: QueueName?, before: UUID?, limit: Int
    ) async throws(PostgresError) -> [JobRecord] {
        try await postgres.query(
            JobSQL.list(state: state, queue: queue, before: before, limit: limit), as: JobRecord.self)
    }

    package func find(_ id: UUID) async throws(PostgresError) -> JobRecord? {
        try await find(id, in: postgres)
    }

    /// The same inside the caller's transaction.
    package func find(_ id: UUID, in executor: some PostgresExecutor) async throws(PostgresError) -> JobRecord? {
        try await executor.queryOne(
            "SELECT \(unescaped: JobRecord.columns) FROM jobs WHERE id = \(id)", as: JobRecord.self)
    }

    /// Makes a dead or cancelled job due again; `false` where it is in neither state.
    package func retry(_ id: UUID, in executor: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await executor.execute(
            """
            UPDATE jobs SET state = 'pending', attempt = attempt + 1, run_at = now(), relay_at = now(), finished_at = NULL,
                holder = NULL, held_until = NULL, unended_runs = 0
            WHERE id = \(id) AND state IN ('dead', 'cancelled')
            """) == 1
    }

    /// Ends a job that has not finished; a run that is under way rolls back. `false` where it is done or cancelled already.
    package func discard(_ id: UUID, in executor: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await executor.execute(
            """
            UPDATE jobs SET state = 'cancelled', finished_at = now()
            WHERE id = \(id) AND state IN ('pending', 'dispatched', 'dead')
            """) == 1
    }

    /// Running jobs finish; nothing new is claimed until `resume`.
    package func pause(_ queue: QueueName) async throws(RedisError) {
        try await control.pause(queue)
    }

    package func resume(_ queue: QueueName) async throws(RedisError) {
        try await control.resume(queue)
    }

    package func depth(_ queue: QueueName) async throws(RedisError) -> QueueDepth {
        try await control.depth(queue)
    }

    /// Queues with unfinished or dead jobs. Each state has its partial index, which a condition over several would not use.
    package func backlog() async throws(PostgresError) -> [QueueBacklog] {
        try await postgres.query(
            """
            SELECT queue, count(*) FILTER (WHERE NOT is_dead) AS unfinished, count(*) FILTER (WHERE is_dead) AS dead,
                coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE NOT is_dead AND run_at <= now())), 0)::float8
                    AS oldest_seconds
            FROM (
                SELECT queue, run_at, false AS is_dead FROM jobs WHERE state = 'pending'
                UNION ALL SELECT queue, run_at, false FROM jobs WHERE state = 'dispatched'
                UNION ALL SELECT queue, run_at, true FROM jobs WHERE state = 'dead'
            ) AS open
            GROUP BY queue ORDER BY queue
            """, as: QueueBacklog.self)
    }
}
