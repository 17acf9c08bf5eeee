import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("Plans on a large ledger", .timeLimit(.minutes(10)))
struct PlanTests {
    /// Nearly all are done; of each other state there are a few, the oldest.
    private static let jobs = """
        INSERT INTO jobs (id, queue, kind, payload, state, run_at, relay_at)
        SELECT overlay(uuid7_floor(now())::text placing lpad(to_hex(n), 12, '0') from 25)::uuid, 'tests', 'tests.errand', '{}',
            CASE WHEN n > 50 THEN 'done' ELSE (ARRAY['pending', 'dispatched', 'dead', 'cancelled', 'done'])[n % 5 + 1] END,
            now() + interval '1 day', now() + interval '1 day'
        FROM generate_series(1, 200000) AS n;
        ANALYZE jobs;
        """

    @Test("A list of jobs reads what it shows, however rare their state")
    func jobsByState() async throws {
        try await TestDatabase.withDatabase { database in
            try await database.owner.withConnection(unlimited: true) { try await $0.runScript(Self.jobs) }
            for state in JobState.allCases {
                let plan = try await QueryPlan(
                    of: JobSQL.list(state: state, queue: nil, before: nil, limit: 21), on: database.client)
                #expect(plan.mostRowsRemoved < 100, "\(state): \(plan)")
            }
        }
    }
}
