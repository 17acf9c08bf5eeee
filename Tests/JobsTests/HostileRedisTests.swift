import Foundation
import Postgres
import Redis
import Testing

@testable import Jobs

/// What somebody may put into Redis who can write there.
@Suite("Redis in strange hands", .timeLimit(.minutes(2))) struct HostileRedisTests {
    private static func registry(_ tally: Tally, rateLimit: RateLimit? = nil) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(Errand.self, rateLimit: rateLimit) { errand, context in
            tally.note(errand.number)
            try await context.withUnitOfWork { _ in }
        }
        return registry
    }

    private static let unreasonable = [
        "2147483647", "2147483648", "99999999999", "9223372036854775807", "9223372036854775808", "-1", "-0", "nan",
        "1e9",
    ]

    @Test("Attempts that no row can have end no worker, with and without an envelope")
    func attempts() async throws {
        try await Workbench.open { bench in
            let tally = Tally()
            try await bench.withWorkers(registry: Self.registry(tally)) {
                for attempt in Self.unreasonable {
                    for hasEnvelope in [false, true] {
                        let entry = "\(UUID().lowercaseText):\(attempt)"
                        if hasEnvelope {
                            try await bench.redis.send(
                                RedisCommand("HSET", bench.keys.envelopes, entry, "tests.errand\n\n{\"number\":13}"))
                        }
                        try await bench.redis.send(RedisCommand("LPUSH", bench.keys.ready, entry))
                    }
                }
                try await bench.enqueue([Errand(number: 1)])
                try await expectEventually { try await bench.count(.done) == 1 }
                try await expectEventually { try await bench.length(bench.keys.active("one")) == 0 }
                try await expectEventually { try await bench.length(bench.keys.ready) == 0 }
            }
            #expect(tally.all[1] == 1)
        }
    }

    @Test("A rate bucket that holds no number, or too large a one, delays no job for long")
    func rateBuckets() async throws {
        try await Workbench.open { bench in
            let limit = RateLimit(name: bench.name.rawValue, perSecond: 20, burst: 5)
            let bucket = "haat:rate:{\(limit.name)}"
            let tally = Tally()
            try await bench.withWorkers(registry: Self.registry(tally, rateLimit: limit)) {
                let forgeries = Self.unreasonable + ["-inf", "inf", "-1e300", "1e300", "-nan", "x"]
                for (number, forgery) in forgeries.enumerated() {
                    for field in ["tokens", "at"] {
                        try await bench.redis.send(RedisCommand("DEL", bucket))
                        try await bench.redis.send(RedisCommand("HSET", bucket, field, forgery))
                        try await bench.enqueue([Errand(number: number)])
                    }
                    try await expectEventually { tally.total == 2 * (number + 1) }
                }
            }
            try await bench.redis.send(RedisCommand("DEL", bucket))
        }
    }
}
