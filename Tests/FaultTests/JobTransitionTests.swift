import FaultHarness
import Postgres
import Testing

/// `kill -9` of the worker at each transition of a job. Another worker may wait half a minute before it takes a dead one's
/// jobs, so the cases run beside each other, each in a marketplace of its own. Whatever their jobs' rows go through, the model in
/// `Tests/Model` has to know.
@Suite("Jobs", .timeLimit(.minutes(10)))
struct JobTransitionTests {
    private static let whileRunning = [
        "job.committed", "job.pushed", "job.claimed", "job.ran", "job.finished", "job.released",
    ]
    private static let whileRelaying = ["relay.pushed", "relay.marked"]
    private static let coverage = TransitionCoverage(cases: whileRunning.count + whileRelaying.count + 2)

    private func observing(
        _ transition: String, _ body: @escaping @Sendable (Marketplace) async throws -> Void
    ) async throws {
        try await Stage.shared.withMarketplace(transition) { marketplace in
            let record = try await TransitionRecord.begin(in: marketplace)
            try await body(marketplace)
            try await record.expectAllowed()
            try await Self.coverage.add(try await record.observed())
        }
    }

    @Test(
        "A worker killed at any transition of a job delivers each key exactly once",
        arguments: whileRunning)
    func killedRunning(transition: String) async throws {
        try await observing(transition) { marketplace in
            let offer = try await marketplace.shop.offer(keys: 10)
            // The first three are what a new worker finds on the schedule.
            try await marketplace.worker.start(fault: "\(transition)=kill@4")
            let orders = try await Traffic(in: marketplace).purchases(2, of: offer)
            try await marketplace.worker.untilDeaths(exceed: 0)
            try await expectIntact(marketplace, paid: orders)
        }
    }

    @Test("A worker killed while it puts off a failed job runs it again", arguments: ["job.rescheduled"])
    func killedRescheduling(transition: String) async throws {
        try await observing(transition) { marketplace in
            let offer = try await marketplace.shop.offer(keys: 10)
            marketplace.smtpProxy.set(.refuse)
            try await marketplace.worker.start(fault: "\(transition)=kill")
            let order = try await Traffic(in: marketplace).purchase(offer)
            try await marketplace.worker.untilDeaths(exceed: 0)
            marketplace.smtpProxy.set(.pass)
            try await expectIntact(marketplace, paid: [order])
        }
    }

    @Test(
        "A worker killed while it gives up a job leaves it dead once, and nothing of it in Redis",
        arguments: ["job.buried"])
    func killedBurying(transition: String) async throws {
        try await observing(transition) { marketplace in
            try await marketplace.database.execute(
                """
                INSERT INTO jobs (id, queue, kind, payload)
                VALUES (uuid7_floor(now()), 'webhooks', 'webhooks.process', '{"nonsense":true}')
                """)
            try await marketplace.worker.start(fault: "\(transition)=kill")
            try await marketplace.worker.untilDeaths(exceed: 0)
            let left = try await Invariants(of: marketplace).untilDrained(within: .seconds(60))
            #expect(left.isEmpty)
            let states = try await marketplace.database.queryValues(
                "SELECT state FROM jobs WHERE kind = 'webhooks.process'", as: String.self)
            #expect(states == ["dead"])
        }
    }

    @Test(
        "A worker killed between pushing waiting jobs and marking them pushes them again, and runs them once",
        arguments: whileRelaying)
    func killedRelaying(transition: String) async throws {
        try await observing(transition) { marketplace in
            try await marketplace.database.execute(PostgresStatement(sql: Self.unpushedEvents))
            try await marketplace.worker.start(fault: "\(transition)=kill")
            try await marketplace.worker.untilDeaths(exceed: 0)
            try await expectIntact(marketplace)
        }
    }

    @Test("A transition that the model does not have is seen")
    func unknownTransition() async throws {
        try await Stage.shared.withMarketplace("unknown") { marketplace in
            let record = try await TransitionRecord.begin(in: marketplace)
            for change in [
                "INSERT INTO jobs (id, queue, kind, payload) VALUES (uuid7_floor(now()), 'nobodys', 'nothing', '{}')",
                "UPDATE jobs SET state = 'done' WHERE queue = 'nobodys'",
                "UPDATE jobs SET state = 'pending' WHERE queue = 'nobodys'",
            ] {
                try await marketplace.database.execute(PostgresStatement(sql: change))
            }
            let unknown = try await record.observed().subtracting(ModelTransitions.all())
            #expect(unknown == ["done -> pending free 0"])
        }
    }

    /// Events whose jobs nobody has pushed yet: an API that outlives a Redis may push late what the relay is to find.
    private static let unpushedEvents = """
        WITH event AS (
            INSERT INTO webhook_events (id, account, event_id, event_type, headers, body)
            SELECT overlay(uuid7_floor(now())::text placing lpad(to_hex(n), 12, '0') from 25)::uuid, 'stripe', 'evt_unpushed_' || n,
                'payout.paid', '{}', convert_to(format('{"id":"evt_unpushed_%s","object":"event","type":"payout.paid",'
                '"livemode":false,"data":{"object":{"id":"po_1","object":"payout"}}}', n), 'UTF8')
            FROM generate_series(1, 20) AS n RETURNING id
        )
        INSERT INTO jobs (id, queue, kind, payload)
        SELECT id, 'webhooks', 'webhooks.process', jsonb_build_object('event_id', id, 'account', 'stripe') FROM event
        """
}
