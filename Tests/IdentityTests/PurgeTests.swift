import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Testing

@testable import Identity

@Suite("What signing in leaves behind")
struct PurgeTests {
    @Test("Sessions, codes and counts go when nobody needs them any more, in batches, and no earlier")
    func purged() async throws {
        try await People.open { people in
            let purge = PurgeSignIns(settings: people.settings, clock: people.market.clock)
            let counts = { @Sendable () async throws -> [Int] in
                var counts: [Int] = []
                for table in ["sessions", "verifications", "guess_counts"] {
                    counts.append(
                        try await people.market.client.queryValue(
                            "SELECT count(*) FROM \(unescaped: table)", as: Int.self) ?? -1)
                }
                return counts
            }
            let started = try await people.signUp(People.email("karim"))
            try await people.market.owner.execute(
                """
                INSERT INTO guess_counts (key, level, counted_at)
                SELECT sha256(n::text::bytea), 1, \(people.market.clock.now) FROM generate_series(1, \(PurgeSignIns.batch + 5)) AS n
                """)
            let before = try await counts()
            try await purge.run(in: people.market.queue)
            #expect(try await counts() == before)
            people.market.clock.advance(by: 86_401)
            try await purge.run(in: people.market.queue)
            #expect(try await counts() == [1, 1, 0])
            #expect(try await people.principal(started) != nil)
            people.market.clock.advance(by: 8 * 86_400)
            try await purge.run(in: people.market.queue)
            #expect(try await counts() == [1, 0, 0])
            people.market.clock.advance(by: people.settings.sessionIdleTime + people.settings.sessionRecordTime)
            try await purge.run(in: people.market.queue)
            #expect(try await counts() == [0, 0, 0])
        }
    }
}
