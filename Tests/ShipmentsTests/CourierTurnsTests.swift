import CommerceTestSupport
import Core
import Foundation
import Postgres
import Testing

@testable import Shipments

@Suite("Couriers' turns")
struct CourierTurnsTests {
    @Test("All processes together ask no faster than the pace, with some calls at once after a quiet time")
    func pace() async throws {
        try await Marketplace.open { market in
            let turns = CourierTurns(postgres: market.client)
            let (courier, now) = (CourierName(rawValue: "test"), market.clock.now)
            // One call a second, five seconds' worth at once.
            let pace = CourierPace(callsPerMinute: 60)
            var waits: [TimeInterval] = []
            for _ in 0..<12 {
                if case .after(let wait) = try await turns.take(at: courier, pace: pace, now: now, patience: 3) {
                    waits.append(wait)
                }
            }
            #expect(waits.filter { $0 == 0 }.count == 5 && waits.last == 3 && waits.count == 8)
            #expect(try await turns.take(at: courier, pace: pace, now: now, patience: 3) == .crowded)
            let later = now.addingTimeInterval(60)
            #expect(try await turns.take(at: courier, pace: pace, now: later, patience: 3) == .after(0))
        }
    }

    @Test("A hold keeps everybody from asking until it ends or somebody lifts it; a shorter one changes nothing")
    func holds() async throws {
        try await Marketplace.open { market in
            let turns = CourierTurns(postgres: market.client)
            let (courier, now) = (CourierName(rawValue: "test"), market.clock.now)
            let pace = CourierPace(callsPerMinute: 60)
            try await turns.hold(courier, for: 300, because: "wrong keys", now: now)
            try await turns.hold(courier, for: 10, because: "too often", now: now)
            guard case .held(let reason) = try await turns.take(at: courier, pace: pace, now: now, patience: 3) else {
                Issue.record("it is not held")
                return
            }
            #expect(reason.contains("wrong keys"))
            #expect(
                try await turns.take(at: courier, pace: pace, now: now.addingTimeInterval(301), patience: 3)
                    == .after(0))
            try await turns.hold(courier, for: 300, because: "wrong keys", now: now)
            try await turns.release(courier, in: market.client)
            #expect(
                try await turns.take(at: courier, pace: pace, now: now.addingTimeInterval(400), patience: 3)
                    == .after(0))
        }
    }
}
