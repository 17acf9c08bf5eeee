package import Foundation
package import Postgres

/// A job about to be recorded.
struct NewJob: Sendable {
    let id: UUID
    let queue: QueueName
    let kind: String
    let payload: [UInt8]
    let uniqueKey: String?
    let runAt: Date?
    let trace: String?
}

/// The states of a job's row.
package enum JobState: String, Sendable, CaseIterable, Codable {
    /// Waits in PostgreSQL until it is due.
    case pending
    /// Handed to Redis by the relay.
    case dispatched
    case done
    /// Failed for good; an operator may retry or discard it.
    case dead
    case cancelled
}

/// A job's row as operators see it.
package struct JobRecord: Sendable, PostgresRowDecodable {
    package let id: UUID
    package let queue: String
    package let kind: String
    /// JSON.
    package let payload: String
    package let uniqueKey: String?
    package let state: JobState
    package let attempt: Int
    package let runAt: Date
    package let createdAt: Date
    package let finishedAt: Date?
    package let lastError: String?
    package let trace: String?

    package init(row: PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        queue = try row.decode("queue")
        kind = try row.decode("kind")
        payload = try row.decode("payload")
        uniqueKey = try row.decode("unique_key")
        let text: String = try row.decode("state")
        guard let state = JobState(rawValue: text) else { throw .decoding("unknown job state \(text)") }
        self.state = state
        attempt = try row.decode("attempt")
        runAt = try row.decode("run_at")
        createdAt = try row.decode("created_at")
        finishedAt = try row.decode("finished_at")
        lastError = try row.decode("last_error")
        trace = try row.decode("trace")
    }

    static let columns =
        "id, queue, kind, payload::text AS payload, unique_key, state, attempt::int8 AS attempt, run_at, created_at, finished_at, last_error, trace"
}

/// What the relay, the sweeps and a claim without a proven envelope read of a job.
struct DueJob: Sendable, PostgresRowDecodable {
    let envelope: JobEnvelope

    init(row: PostgresRow) throws(PostgresError) {
        let name: String = try row.decode("queue")
        guard let queue = QueueName(rawValue: name) else { throw .decoding("a job's queue is named \(name)") }
        let payload: String = try row.decode("payload")
        envelope = JobEnvelope(
            key: DispatchKey(jobID: try row.decode("id"), attempt: try row.decode("attempt")), queue: queue,
            kind: try row.decode("kind"), trace: try row.decode("trace"), payload: Array(payload.utf8),
            hasUnendedRuns: try row.decode("has_unended_runs"))
    }

    static let columns =
        "id, queue, kind, payload::text AS payload, attempt, trace, unended_runs > 0 AS has_unended_runs"
}

/// All SQL of the ledger of jobs.
enum JobSQL {
    /// Long enough for the push after commit, short enough that a push that never came is not missed.
    static let hotPathGrace = "interval '2 seconds'"

    /// Records jobs; one whose unique key is taken is left out. Answers the ids that were recorded.
    static func insert(_ jobs: [NewJob]) -> PostgresStatement {
        PostgresStatement(
            with: ["input": input, "claimed": claimed], sql: recording, parameters: parameters(of: jobs))
    }

    /// The same with the events that caused them.
    static func insert(_ jobs: [NewJob], causedBy events: [NewEvent], trace: String?) -> PostgresStatement {
        PostgresStatement(
            with: [
                "published": """
                INSERT INTO events (id, name, version, payload, trace)
                SELECT id, name, version, payload::jsonb, $12
                FROM unnest($8::uuid[], $9::text[], $10::int4[], $11::text[]) AS event (id, name, version, payload)
                """,
                "input": input, "claimed": claimed,
            ],
            sql: recording,
            parameters: parameters(of: jobs) + [
                events.map(\.id), events.map(\.name), events.map { Int32(clamping: $0.version) },
                events.map { String(decoding: $0.payload, as: UTF8.self) }, trace,
            ])
    }

    private static let input = """
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
            AS job (id, queue, kind, payload, unique_key, run_at, trace)
        """

    private static let claimed = """
        INSERT INTO job_unique_keys (kind, unique_key, job_id)
        SELECT kind, unique_key, id FROM input WHERE unique_key IS NOT NULL ORDER BY kind, unique_key
        ON CONFLICT DO NOTHING
        RETURNING job_id
        """

    private static let recording = """
        INSERT INTO jobs (id, queue, kind, payload, unique_key, run_at, relay_at, trace)
        SELECT id, queue, kind, payload::jsonb, unique_key, coalesce(run_at, now()),
            coalesce(run_at, now() + \(hotPathGrace)), trace
        FROM input
        WHERE unique_key IS NULL OR id IN (SELECT job_id FROM claimed)
        RETURNING id
        """

    private static func parameters(of jobs: [NewJob]) -> [any PostgresEncodable] {
        [
            jobs.map(\.id), jobs.map(\.queue.rawValue), jobs.map(\.kind),
            jobs.map { String(decoding: $0.payload, as: UTF8.self) }, jobs.map(\.uniqueKey), jobs.map(\.runAt),
            jobs.map(\.trace),
        ]
    }

    /// The newest first.
    static func list(state: JobState?, queue: QueueName?, before: UUID?, limit: Int) -> PostgresStatement {
        let ofState = OptionalFilter.equals("state", state)
        let ofQueue = OptionalFilter.condition("queue = $1", "$1::text", isSet: queue != nil)
        let older = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(JobRecord.columns) FROM jobs WHERE \(ofState) AND \(ofQueue) AND \(older)
                ORDER BY id DESC LIMIT $3
                """,
            parameters: [queue?.rawValue, before, limit])
    }

    /// What `fence` and `hold` raise.
    static let ownershipLost = "HT001"

    /// What an attempt must be to be run, or to be brought to any end by its run.
    private static let isRunnable = "state IN ('pending', 'dispatched') AND run_at <= now()"

    /// Marks one attempt done. Raises ``ownershipLost`` where somebody else has finished it or holds a later attempt, so
    /// that what is pipelined behind it does not happen either.
    static func fence(_ key: DispatchKey) -> PostgresStatement {
        "SELECT finish_job(\(key.jobID), \(key.attempt))"
    }

    /// Holds an attempt for a run that is about to have an effect outside. Answers how many of its runs have begun and never
    /// ended; raises ``ownershipLost`` where it is not to be run or another run holds it.
    static func hold(_ run: JobRun, lease: Duration, afterRecovery: Bool) -> PostgresStatement {
        """
        SELECT hold_job(\(run.key.jobID), \(run.key.attempt), \(run.number), \(seconds(lease)), \(afterRecovery))::int8
        """
    }

    /// Keeps what runs hold: run number → job.
    static func renewHolds(_ held: [Int64: UUID], lease: Duration) -> PostgresStatement {
        """
        UPDATE jobs SET held_until = now() + make_interval(secs => \(seconds(lease)))
        FROM unnest(\(Array(held.values))::uuid[], \(Array(held.keys))::int8[]) AS held (id, run)
        WHERE jobs.id = held.id AND jobs.holder = held.run AND \(unescaped: isRunnable)
        """
    }

    /// Ends a hold whose run has neither failed nor finished.
    static func letGo(_ run: JobRun) -> PostgresStatement {
        """
        UPDATE jobs SET holder = NULL, held_until = NULL, unended_runs = unended_runs - 1
        WHERE id = \(run.key.jobID) AND holder = \(run.number)
        """
    }

    /// Another look once nobody holds the attempt any more; nothing where nobody does now.
    static func waitForHolder(_ key: DispatchKey) -> PostgresStatement {
        """
        UPDATE jobs SET state = 'pending', relay_at = held_until, dispatched_at = NULL
        WHERE id = \(key.jobID) AND attempt = \(key.attempt) AND \(unescaped: isRunnable) AND held_until > now()
        """
    }

    /// Marks attempts done; those that are no longer ours are left as they are.
    static func finish(_ keys: [DispatchKey]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                UPDATE jobs SET state = 'done', finished_at = now()
                FROM unnest($1::uuid[], $2::int4[]) AS finished (id, attempt)
                WHERE jobs.id = finished.id AND jobs.attempt = finished.attempt AND \(isRunnable)
                """,
            parameters: [keys.map(\.jobID), keys.map(\.attempt)])
    }

    /// Another attempt after a delay; nothing where another run holds the job.
    static func reschedule(
        _ run: JobRun, after delay: Duration, error: String, countsAsAttempt: Bool
    ) -> PostgresStatement {
        """
        UPDATE jobs SET state = 'pending', attempt = attempt + \(Int32(countsAsAttempt ? 1 : 0)),
            run_at = now() + make_interval(secs => \(seconds(delay))),
            relay_at = now() + make_interval(secs => \(seconds(delay))),
            dispatched_at = NULL, last_error = \(error), holder = NULL, held_until = NULL, unended_runs = 0
        WHERE id = \(run.key.jobID) AND attempt = \(run.key.attempt) AND \(unescaped: isRunnable)
            AND coalesce(holder = \(run.number) OR held_until <= now(), true)
        """
    }

    /// The end of a job that can't be done; nothing where another run holds it.
    static func bury(_ run: JobRun, error: String) -> PostgresStatement {
        """
        UPDATE jobs SET state = 'dead', finished_at = now(), last_error = \(error)
        WHERE id = \(run.key.jobID) AND attempt = \(run.key.attempt) AND \(unescaped: isRunnable)
            AND coalesce(holder = \(run.number) OR held_until <= now(), true)
        """
    }

    private static func seconds(_ duration: Duration) -> Double { Double(duration.milliseconds) / 1000 }

    /// What is due and nobody has pushed.
    static func due(limit: Int) -> PostgresStatement {
        """
        SELECT \(unescaped: DueJob.columns) FROM jobs WHERE state = 'pending' AND relay_at <= now()
        ORDER BY relay_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
        """
    }

    /// What was handed to Redis long ago and is not finished.
    static func overdue(age: Duration, limit: Int) -> PostgresStatement {
        """
        SELECT \(unescaped: DueJob.columns) FROM jobs
        WHERE state = 'dispatched' AND dispatched_at < now() - make_interval(secs => \(seconds(age)))
        ORDER BY dispatched_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
        """
    }

    static func markDispatched(_ ids: [UUID]) -> PostgresStatement {
        PostgresStatement(
            sql: "UPDATE jobs SET state = 'dispatched', dispatched_at = now() WHERE id = ANY($1)", parameters: [ids])
    }

    /// Redis has lost its memory: everything that it held is due again.
    static func redispatchAll(_ queue: QueueName) -> PostgresStatement {
        """
        UPDATE jobs SET state = 'pending', relay_at = now(), dispatched_at = NULL
        WHERE state = 'dispatched' AND queue = \(queue.rawValue)
        """
    }

    /// Those of the attempts that are to be run.
    static func load(_ keys: [DispatchKey], from queue: QueueName) -> PostgresStatement {
        """
        SELECT \(unescaped: DueJob.columns) FROM jobs
        WHERE id = ANY(\(keys.map(\.jobID))) AND queue = \(queue.rawValue) AND \(unescaped: isRunnable)
        """
    }
}
