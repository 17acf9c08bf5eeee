import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Postgres
import Synchronization
import Testing
import Vendors

@testable import OutgoingWebhooks

@Suite("Fairness between receivers", .serialized, .timeLimit(.minutes(10)))
struct FairnessTests {
    /// Runs jobs as workers do: each kind of queue has its places.
    private static func work(_ runs: [WaitingRun], _ hooks: Hooks, places: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = runs[...]
            for run in waiting.prefix(places) { group.addTask { try await hooks.run(run) } }
            waiting = waiting.dropFirst(places)
            while try await group.next() != nil {
                if let run = waiting.popFirst() { group.addTask { try await hooks.run(run) } }
            }
        }
    }

    /// How many vendors with five endpoints each; one in twenty endpoints hangs. A thousand endpoints with `HAAT_LONG_TESTS=1`.
    private static let vendorCount = ProcessInfo.processInfo.environment["HAAT_LONG_TESTS"] == "1" ? 200 : 40

    @Test(
        "Where one receiver in twenty hangs, the others hear as soon as if none did, and the silent ones wait by themselves"
    )
    func hanging() async throws {
        try await Marketplace.open(connections: 16) { market in
            let hearing = Hearing()
            try await Receiver.run({ hearing.answer(to: $0) }) { receiver, port in
                let hooks = Hooks(market, time: .seconds(15))
                let (all, silent) = (Self.vendorCount * 5, Self.vendorCount / 4)
                let vendors = try await Self.vendors(Self.vendorCount, of: market)
                try await hooks.settle()
                for (index, vendor) in vendors.enumerated() {
                    for number in 0..<5 {
                        let name = number == 0 && index % 4 == 0 ? "silent" : "well"
                        _ = try await hooks.endpoint(
                            at: "http://127.0.0.1:\(port)/\(name)/\(index)/\(number)", of: vendor)
                    }
                }
                // With as many places as a worker has.
                try await Self.happen(once: vendors, in: market)
                let first = try await hooks.tell()
                #expect(first.count == all)
                hearing.begin()
                try await Self.work(first, hooks, places: 96)
                let usual = hearing.percentile99
                #expect(hearing.count == all - silent)
                hearing.hang()
                try await Self.happen(once: vendors, in: market)
                let second = try await hooks.tell()
                hearing.begin()
                try await Self.work(second, hooks, places: 96)
                #expect(hearing.count == all - silent)
                #expect(hearing.percentile99 < usual * 2 + .seconds(1), "\(usual) where none hangs")
                // From now on those that hang have places of their own.
                try await Self.happen(once: vendors, in: market)
                market.clock.advance(by: 10)
                let third = try await hooks.tell()
                #expect(third.filter(\.isForSilent).count == silent && third.count == all)
                hearing.begin()
                async let rest: Void = Self.work(third.filter(\.isForSilent), hooks, places: 16)
                try await Self.work(third.filter { !$0.isForSilent }, hooks, places: 32)
                #expect(hearing.count == all - silent)
                #expect(hearing.percentile99 < usual * 3 + .seconds(1), "\(usual) where none hangs")
                try await rest
                #expect(receiver.messages.filter { $0.path.hasPrefix("/silent") }.count == 3 * silent)
            }
        }
    }

    private static func vendors(_ count: Int, of market: Marketplace) async throws -> [Vendor] {
        var vendors: [Vendor] = []
        for index in 0..<count { vendors.append(try await market.vendor(named: "Shop \(index)")) }
        return vendors
    }

    /// Something that each of these vendors is told.
    private static func happen(once vendors: [Vendor], in market: Marketplace) async throws {
        for vendor in vendors { try await market.work { try $0.publish(VendorChanged(vendorID: vendor.id)) } }
    }

    @Test("One owner’s endpoints have so many runs at once, and one endpoint one, however much waits")
    func limits() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let hooks = Hooks(market)
                let vendor = try await market.vendor()
                try await hooks.settle()
                for index in 0..<12 {
                    _ = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/\(index)", of: vendor)
                }
                let own = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/own")
                for _ in 0..<30 { try await Self.happen(once: [vendor], in: market) }
                let runs = try await hooks.tell()
                #expect(runs.count == WebhookRunStore.mostRuns.vendor + 1)
                #expect(try await hooks.tell().count == runs.count)
                for run in runs { try await hooks.run(run) }
                #expect(try await hooks.deliveries(to: own.endpoint.id, in: .delivered).count == 30)
                try await hooks.settle()
                #expect(receiver.messages.count == 13 * 30)
            }
        }
    }

    @Test("An endpoint is called a few times at once, and once where nobody answered last")
    func calls() async throws {
        try await Marketplace.open { market in
            try await Receiver.run({ _ in .silence }) { receiver, port in
                let hooks = Hooks(market, time: .milliseconds(300))
                let vendor = try await market.vendor()
                try await hooks.settle()
                _ = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/")
                for _ in 0..<20 { try await Self.happen(once: [vendor], in: market) }
                let run = try #require(try await hooks.tell().first)
                try await hooks.run(run)
                #expect(receiver.messages.count == DeliverWebhooks.mostCalls)
                #expect(try await hooks.tell().isEmpty)
                market.clock.advance(by: 60)
                let next = try #require(try await hooks.tell().first)
                #expect(next.isForSilent)
                try await hooks.run(next)
                #expect(receiver.messages.count == DeliverWebhooks.mostCalls + 1)
            }
        }
    }
}

/// When messages came to receivers, of whom some can begin to hang.
private final class Hearing: Sendable {
    private struct State {
        var start = ContinuousClock.now
        var arrivals: [Duration] = []
        var isHanging = false
    }

    private let state = Mutex(State())

    func begin() {
        state.withLock { state in (state.start, state.arrivals) = (.now, []) }
    }

    func hang() { state.withLock { $0.isHanging = true } }

    /// Of those that never hang.
    var count: Int { state.withLock(\.arrivals.count) }

    var percentile99: Duration {
        let sorted = state.withLock { $0.arrivals.sorted() }
        return sorted.isEmpty ? .zero : sorted[sorted.count * 99 / 100]
    }

    func answer(to message: Receiver.Message) -> Receiver.Answer {
        state.withLock { state in
            guard message.path.hasPrefix("/well") else { return state.isHanging ? .silence : .status(204) }
            state.arrivals.append(ContinuousClock.now - state.start)
            return .status(204)
        }
    }
}
