import Crypto
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(10))) struct OperationsTests {
    private static func registry(_ tally: Tally) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(Errand.self) { errand, _ in
            tally.note(errand.number)
            if errand.number == 13, tally.total == 1 { throw PermanentJobFailure("unlucky") }
        }
        return registry
    }

    @Test("A paused queue starts nothing until it is resumed")
    func pause() async throws {
        try await Workbench.open { bench in
            let operations = JobOperations(postgres: bench.postgres, redis: bench.redis)
            let tally = Tally()
            try await bench.withWorkers(registry: Self.registry(tally)) {
                try await operations.pause(bench.name)
                try await bench.enqueue([Errand(number: 1), Errand(number: 2)])
                try await Task.sleep(for: .seconds(1))
                #expect(tally.total == 0)
                #expect(try await operations.depth(bench.name).isPaused)
                try await operations.resume(bench.name)
                try await expectEventually { try await bench.count(.done) == 2 }
            }
            #expect(
                try await operations.depth(bench.name)
                    == QueueDepth(queue: bench.name, ready: 0, active: 0, isPaused: false))
        }
    }

    @Test("A dead job runs again when an operator says so, and only a dead one does")
    func retry() async throws {
        try await Workbench.open { bench in
            let operations = JobOperations(postgres: bench.postgres, redis: bench.redis)
            let tally = Tally()
            try await bench.withWorkers(registry: Self.registry(tally)) {
                try await bench.enqueue([Errand(number: 13)])
                try await expectEventually { try await bench.count(.dead) == 1 }
                let dead = try #require(
                    try await operations.list(state: .dead, queue: bench.name, before: nil, limit: 10).first)
                #expect(dead.lastError == "unlucky")
                #expect(try await operations.retry(dead.id, in: bench.postgres))
                try await expectEventually { try await bench.count(.done) == 1 }
                #expect(try await !operations.retry(dead.id, in: bench.postgres))
                #expect(try await !operations.discard(dead.id, in: bench.postgres))
            }
        }
    }

    @Test("A discarded job never runs, even where it already stands in a list")
    func discard() async throws {
        try await Workbench.open { bench in
            let operations = JobOperations(postgres: bench.postgres, redis: bench.redis)
            var registry = JobRegistry()
            registry.register(Errand.self) { _, context in try await context.finish { _ in } }
            try await bench.enqueue([Errand(number: 1)])
            try await expectEventually { try await bench.length(bench.keys.ready) == 1 }
            let job = try #require(try await operations.list(state: nil, queue: nil, before: nil, limit: 1).first)
            #expect(try await operations.discard(job.id, in: bench.postgres))
            try await bench.withWorkers(registry: registry) {
                try await expectEventually { try await bench.length(bench.keys.ready) == 0 }
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(try await bench.states() == ["cancelled"])
        }
    }

    @Test("Lists are paged newest first and filtered by state and queue")
    func listing() async throws {
        try await Workbench.open { bench in
            let operations = JobOperations(postgres: bench.postgres, redis: bench.redis)
            for number in 0..<5 {
                try await bench.recordOnly([Errand(number: number)])
                try await Task.sleep(for: .milliseconds(2))
            }
            let first = try await operations.list(state: .pending, queue: bench.name, before: nil, limit: 3)
            let second = try await operations.list(state: .pending, queue: bench.name, before: first.last?.id, limit: 3)
            let numbers = (first + second).map(\.payload)
            #expect(numbers == (0..<5).reversed().map { "{\"number\": \($0)}" })
            #expect(try await operations.list(state: .dead, queue: nil, before: nil, limit: 3).isEmpty)
            let backlog = try #require(try await operations.backlog().first)
            #expect(backlog.unfinished == 5 && backlog.dead == 0)
        }
    }
}

@Suite(.timeLimit(.minutes(10))) struct MaintenanceTests {
    @Test("Partitions stand ready for months ahead, and making them again makes none")
    func partitionsAhead() async throws {
        try await Workbench.open { bench in
            let again = try await bench.owner.queryValue(
                "SELECT make_month_partitions('jobs', 3)::int8", as: Int.self)
            #expect(again == 0)
            let further = try await bench.owner.queryValue(
                "SELECT make_month_partitions('jobs', 5)::int8", as: Int.self)
            #expect(further == 2)
            try await bench.recordOnly([Errand(number: 1)])
            let inDefault = try await bench.owner.queryValue("SELECT count(*) FROM ONLY jobs_default", as: Int.self)
            #expect(inDefault == 0)
        }
    }

    @Test("What fell into the default partition moves to its month once that is made")
    func rowsInDefault() async throws {
        try await Workbench.open { bench in
            try await bench.postgres.execute(
                """
                INSERT INTO jobs (id, queue, kind, payload)
                VALUES (uuid7_floor(date_trunc('month', now(), 'UTC') + interval '4 months 3 days'), 'tests', 'tests.errand', '{}')
                """)
            func inDefault() async throws -> Int? {
                try await bench.owner.queryValue("SELECT count(*) FROM ONLY jobs_default", as: Int.self)
            }
            #expect(try await inDefault() == 1)
            try await bench.owner.execute("SELECT make_month_partitions('jobs', 5)")
            #expect(try await inDefault() == 0)
            #expect(try await bench.states() == ["pending"])
            let indexes = try await bench.postgres.queryValues(
                """
                SELECT DISTINCT count(*) FROM pg_inherits JOIN pg_index ON indrelid = inhrelid
                WHERE inhparent = 'jobs'::regclass GROUP BY inhrelid
                """, as: Int.self)
            #expect(indexes == [5])
        }
    }

    @Test("Old webhook events go with their outcomes")
    func webhookRetention() async throws {
        try await Workbench.open { bench in
            try await bench.owner.withConnection { session in
                try await session.runScript(
                    """
                    SET ROLE haat_owner;
                    CREATE TABLE webhook_events_2020_01 PARTITION OF webhook_events
                        FOR VALUES FROM (uuid7_floor('2020-01-01Z')) TO (uuid7_floor('2020-02-01Z'));
                    INSERT INTO webhook_events (id, account, event_id, event_type, headers, body)
                        VALUES (uuid7_floor('2020-01-15Z'), 'stripe', 'evt_1', 'x', '{}', ''),
                            (uuid7_floor(now()), 'stripe', 'evt_2', 'x', '{}', '');
                    INSERT INTO webhook_outcomes (webhook_event_id, outcome) SELECT id, 'applied' FROM webhook_events;
                    """)
            }
            try await MaintainPartitions.run(in: bench.queue)
            #expect(
                try await bench.postgres.queryValue(
                    "SELECT count(*) FROM webhook_events JOIN webhook_outcomes ON webhook_event_id = id", as: Int.self)
                    == 1)
            #expect(try await bench.postgres.queryValue("SELECT count(*) FROM webhook_outcomes", as: Int.self) == 1)
        }
    }

    @Test("A month of a million events goes in batches, each well below the limit of a statement")
    func largeMonth() async throws {
        try await Workbench.open { bench in
            try await bench.owner.withConnection(unlimited: true) { session in
                try await session.runScript(
                    """
                    SET ROLE haat_owner;
                    CREATE TABLE webhook_events_2020_01 PARTITION OF webhook_events
                        FOR VALUES FROM (uuid7_floor('2020-01-01Z')) TO (uuid7_floor('2020-02-01Z'));
                    INSERT INTO webhook_events (id, account, event_id, event_type, headers, body)
                        SELECT overlay(uuid7_floor('2020-01-15Z')::text placing lpad(n::text, 12, '0') from 25)::uuid,
                            'stripe', 'evt_' || n, 'x', '{}', '' FROM generate_series(1, 1000000) AS n;
                    INSERT INTO webhook_outcomes (webhook_event_id, outcome) SELECT id, 'applied' FROM webhook_events;
                    """)
            }
            var configuration = bench.database.configuration
            // A third of what it is in production.
            configuration.statementTimeout = .seconds(5)
            try await configuration.withClient { client in
                let queue = JobQueue(
                    postgres: client, redis: bench.redis, envelopeKey: SymmetricKey(size: .bits256),
                    logger: quietLogger, makeID: makeUUIDv7)
                try await MaintainPartitions.run(in: queue)
            }
            for table in ["webhook_events", "webhook_outcomes"] {
                let left = try await bench.postgres.queryValue(
                    "SELECT count(*) FROM \(unescaped: table)", as: Int.self)
                #expect(left == 0)
            }
        }
    }

    @Test("A table that can't be had does not keep the others from their turn, and the job says which it was")
    func lockedTable() async throws {
        try await Workbench.open { bench in
            try await bench.owner.withConnection { session in
                for table in ["jobs", "events", "webhook_events"] {
                    try await session.runScript(
                        """
                        SET ROLE haat_owner;
                        CREATE TABLE \(table)_2020_01 PARTITION OF \(table)
                            FOR VALUES FROM (uuid7_floor('2020-01-01Z')) TO (uuid7_floor('2020-02-01Z'));
                        """)
                }
            }
            try await bench.postgres.withTransaction { holder in
                try await holder.execute("LOCK TABLE events IN ACCESS SHARE MODE")
                let error = await #expect(throws: PostgresError.self) {
                    try await MaintainPartitions.run(in: bench.queue)
                }
                #expect(error?.sqlState == "55P03")
                let left = try await bench.postgres.queryValues(
                    "SELECT relname FROM pg_class WHERE relname LIKE '%_2020_01' AND relkind = 'r'", as: String.self)
                #expect(left == ["events_2020_01"])
            }
            try await MaintainPartitions.run(in: bench.queue)
            #expect(
                try await bench.postgres.queryValue("SELECT to_regclass('events_2020_01') IS NULL", as: Bool.self)
                    == true)
        }
    }

    @Test("Of what may be dropped the last year is never a part", arguments: [Int32.min, -120, -1, 0, 11])
    func lastYear(monthsKept: Int32) async throws {
        try await Workbench.open { bench in
            for table in ["jobs", "webhook_events"] {
                let expired = try await bench.owner.queryValues(
                    "SELECT expired_month_partitions(\(table), \(monthsKept))", as: String.self)
                #expect(expired.isEmpty)
            }
        }
    }

    @Test("An old month goes with its finished jobs; unfinished ones and their unique keys stay")
    func retention() async throws {
        try await Workbench.open { bench in
            try await bench.owner.withConnection { session in
                try await session.runScript(
                    """
                    SET ROLE haat_owner;
                    CREATE TABLE jobs_2020_01 PARTITION OF jobs
                        FOR VALUES FROM (uuid7_floor('2020-01-01Z')) TO (uuid7_floor('2020-02-01Z'));
                    INSERT INTO jobs (id, queue, kind, payload, unique_key, state) SELECT
                        overlay(uuid7_floor('2020-01-15Z')::text placing lpad(n::text, 12, '0') from 25)::uuid,
                        'tests', 'tests.errand', '{"number":1}', n::text, CASE n WHEN 1 THEN 'done' WHEN 2 THEN 'dead' ELSE 'pending' END
                        FROM generate_series(1, 3) AS n;
                    INSERT INTO job_unique_keys SELECT kind, unique_key, id FROM jobs;
                    """)
            }
            try await bench.queue.withUnitOfWork { _ in }
            try await MaintainPartitions.run(in: bench.queue)
            #expect(
                try await bench.postgres.queryValues("SELECT state FROM jobs ORDER BY id", as: String.self) == [
                    "dead", "pending",
                ])
            #expect(
                try await bench.postgres.queryValues(
                    "SELECT unique_key FROM job_unique_keys ORDER BY 1", as: String.self) == ["2", "3"])
            #expect(
                try await bench.postgres.queryValue("SELECT to_regclass('jobs_2020_01') IS NULL", as: Bool.self) == true
            )
        }
    }
}
