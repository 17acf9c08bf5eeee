import FaultHarness
import Foundation
import Postgres
import Testing

/// Whole purchases while the sandbox's switches for Stripe are on: one at a time, and in pairs.
@Suite("Stripe's switches of chaos", .serialized, .timeLimit(.minutes(10)))
struct StripeChaosTests {
    private static let customers = 6

    @Test("Every paid order gets exactly its keys with any one switch on", arguments: ChaosSwitch.all)
    func one(chaos: ChaosSwitch) async throws {
        // Of the first six decisions under this seed, five are to disturb.
        let bitten = try await survive([chaos], seed: 8)
        if let trace = chaos.trace { #expect(bitten > 0, "the sandbox never did \(trace)") }
    }

    @Test("Every paid order gets exactly its keys with any two switches on", arguments: ChaosPair.drawn)
    func two(pair: ChaosPair) async throws {
        try await survive(pair.switches, seed: pair.seed)
    }

    @Test("A payment that no webhook ever tells of is found before its order is given up")
    func webhooksNeverCome() async throws {
        let marketplace = try await marketplace()
        let offer = try await marketplace.shop.offer(keys: 12)
        try await marketplace.stripe.setWebhooks(on: false)
        let orders = try await Traffic(in: marketplace).purchases(Self.customers, of: offer)
        try await marketplace.stripe.setWebhooks(on: true)
        for order in orders { #expect(try await marketplace.shop.read(order).status == "pending_payment") }
        // Half an hour passes.
        try await marketplace.database.execute(
            "UPDATE jobs SET run_at = now(), relay_at = now() WHERE kind = 'orders.expire' AND state = 'pending'")
        try await expectIntact(marketplace, paid: orders)
    }

    /// - Returns: how often the disturbances that leave a trace were caused.
    @discardableResult
    private func survive(_ switches: [ChaosSwitch], seed: UInt64) async throws -> Int {
        let marketplace = try await marketplace()
        let stripe = marketplace.stripe
        let offer = try await marketplace.shop.offer(keys: 12)
        let before = try await mentions(of: switches, in: stripe)
        try await stripe.disturb(ChaosSwitch.plan(switches, seed: seed))
        let orders = try await Traffic(in: marketplace).purchases(
            Self.customers, of: offer, concurrency: Self.customers)
        if !switches.contains(where: \.endsFirst) {
            let backlog = try await Invariants(of: marketplace).untilDrained(paid: orders, within: .seconds(60))
            for entry in backlog { Issue.record("\(entry)") }
        }
        try await stripe.calm()
        try await expectIntact(marketplace, paid: orders)
        return try await mentions(of: switches, in: stripe) - before
    }

    private func mentions(of switches: [ChaosSwitch], in stripe: StripeSandboxClient) async throws -> Int {
        var count = 0
        for trace in switches.compactMap(\.trace) { count += try await stripe.mentions(of: trace) }
        return count
    }

    private func marketplace() async throws -> Marketplace {
        let marketplace = try await Stage.shared.marketplace("chaos")
        // What is lost comes again within milliseconds, so that a bad run of luck ends soon.
        try await marketplace.stripe.hurry(speed: 1200)
        return marketplace
    }
}

/// One switch of the control plane, set so that a handful of purchases meets it and customers lose no patience.
struct ChaosSwitch: Sendable, CustomTestStringConvertible {
    let name: String
    /// `webhooks` or `api`.
    let part: String
    let setting: String
    /// What the sandbox's records say where it struck.
    var trace: String?
    /// Nothing can come to an end before the switch is off again.
    var endsFirst = false

    var testDescription: String { name }

    static let all = [
        ChaosSwitch(name: "duplicated pushes", part: "webhooks", setting: #""duplicate":2"#, trace: #""copy": 2"#),
        ChaosSwitch(name: "reordered pushes", part: "webhooks", setting: #""reorder":true"#),
        ChaosSwitch(name: "late pushes", part: "webhooks", setting: #""delay_ms":[0,800]"#),
        ChaosSwitch(name: "dropped pushes", part: "webhooks", setting: #""drop":0.35"#, trace: "lost on purpose"),
        ChaosSwitch(
            name: "damaged pushes", part: "webhooks", setting: #""corrupt":0.35"#, trace: "corrupted on purpose"),
        ChaosSwitch(name: "pushes held back", part: "webhooks", setting: #""hold":true"#, endsFirst: true),
        ChaosSwitch(name: "slow answers", part: "api", setting: #""slow_ms":[50,500]"#),
        ChaosSwitch(
            name: "500 before the deed", part: "api", setting: #""error_before":0.3"#, trace: #""error_before""#),
        ChaosSwitch(
            name: "500 after the deed", part: "api", setting: #""error_after":0.3"#, trace: #""error_after""#),
        ChaosSwitch(
            name: "500 after the deed, forgotten", part: "api", setting: #""error_after":0.3,"store_errors":false"#,
            trace: #""error_after""#),
        ChaosSwitch(name: "429", part: "api", setting: #""rate_limit":0.3"#, trace: #""rate_limit""#),
        ChaosSwitch(name: "refused connections", part: "api", setting: #""refuse":0.3"#, trace: #""refuse""#),
        ChaosSwitch(name: "lost answers", part: "api", setting: #""lose_answer":0.3"#, trace: #""lose_answer""#),
    ]

    static func plan(_ switches: [ChaosSwitch], seed: UInt64) -> String {
        let parts = ["webhooks", "api"].map { part in
            let settings = switches.filter { $0.part == part }.map(\.setting)
            return #""\#(part)":{\#(settings.joined(separator: ","))}"#
        }
        return "{\(parts.joined(separator: ",")),\"seed\":\(seed)}"
    }
}

/// Two switches at once. `HAAT_CHAOS_SEED` draws the same pairs and the same disturbances again.
struct ChaosPair: Sendable, CustomTestStringConvertible {
    let switches: [ChaosSwitch]
    let seed: UInt64

    var testDescription: String { switches.map(\.name).joined(separator: " and ") + " (HAAT_CHAOS_SEED=\(seed))" }

    static let drawn: [ChaosPair] = {
        let given = ProcessInfo.processInfo.environment["HAAT_CHAOS_SEED"].flatMap(UInt64.init)
        let seed = given ?? .random(in: 0..<1_000_000)
        var generator = Draw(state: seed)
        let pairs = ChaosSwitch.all.indices.flatMap { first in
            ChaosSwitch.all.indices.dropFirst(first + 1).map { [ChaosSwitch.all[first], ChaosSwitch.all[$0]] }
        }
        // Two answers to one setting can't be on at once.
        let possible = pairs.filter { pair in !pair.allSatisfy { $0.setting.contains("error_after") } }
        return possible.shuffled(using: &generator).prefix(10).map { ChaosPair(switches: $0, seed: seed) }
    }()
}

/// The system's generator takes no seed.
private struct Draw: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
