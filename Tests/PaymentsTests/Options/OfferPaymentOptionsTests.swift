import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Shipping
import Testing

@testable import Payments

@Suite("Offering gateways")
struct OfferPaymentOptionsTests {
    private func keep(_ both: TwoGateways) -> KeepPaymentOptionRules {
        let (book, market) = (both.till.book, both.till.market)
        return KeepPaymentOptionRules(
            gateways: both.gateways, audit: book.audit, ids: market.ids, clock: market.clock)
    }

    @discardableResult
    private func rule(
        _ both: TwoGateways, _ gateway: GatewayName, _ terms: PaymentOptionRule.Terms
    ) async throws -> PaymentOptionRule {
        let keep = keep(both)
        return try await both.till.market.work { try await keep.create(gateway, terms, by: .system, in: $0) }
    }

    private func offered(_ both: TwoGateways, _ order: ID<Order>) async throws -> [PaymentOption] {
        try await both.till.options(of: both.gateways)(
            for: order, visibleTo: .everything, in: both.till.client
        ).options
    }

    @Test("Rules say what an order is offered, as they are at that moment, and a checkout elsewhere is refused")
    func byRule() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let order = try await both.order()
            #expect(try await offered(both, order).map(\.gateway) == [TwoGateways.second, .stripe])
            let made = try await rule(
                both, .stripe, .init(currency: .bdt, most: 200_000, position: 5, titles: [.english: "Card"]))
            let option = try #require(try await offered(both, order).first)
            #expect(option.gateway == .stripe && option.titles == [.english: "Card"])
            #expect(try await offered(both, order).count == 1)
            let problem = await #expect(throws: Problem.self) { try await both.open(order, at: TwoGateways.second) }
            #expect(problem?.type == "gateway-not-offered" && problem?.status == 409)
            #expect(problem?.extensions["gateways"] == ["stripe"])
            #expect(try await till.count("payments") == 0)
            _ = try await both.open(order, at: .stripe)
            let keep = keep(both)
            try await till.market.work { try await keep.remove(made.id, by: .system, in: $0) }
            #expect(try await offered(both, order).count == 2)
            _ = try await both.open(order, at: TwoGateways.second)
        }
    }

    @Test("What is paid next decides: an advance may go where the whole may not")
    func demand() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            try await rule(both, .stripe, .init(currency: .bdt, most: 50_000))
            let order = try await both.order()
            #expect(try await offered(both, order).isEmpty)
            try await both.splitDemand(of: order, advance: 20_000)
            #expect(try await offered(both, order).map(\.gateway) == [.stripe])
            try await both.capture(try await both.open(order, at: .stripe))
            #expect(try await offered(both, order).isEmpty)
        }
    }

    @Test("Where the goods go counts by the region that people call so")
    func area() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let made = try await rule(both, .stripe, .init(area: ShippingArea(country: "BD", region: "Dhaka")))
            #expect(made.terms.area?.region?.hasPrefix("BD-") == true)
            let goods = try await till.market.goods(units: 3)
            let there = try await till.market.place(
                (goods, 1),
                address: ShippingAddress(
                    name: "Karim", line1: "12 Lake Road", city: "Dhaka", region: "Dhaka", postalCode: "1212",
                    country: "BD")
            ).order
            let elsewhere = try await till.market.place(
                (goods, 1),
                address: ShippingAddress(
                    name: "Karim", line1: "1 Road", city: "Sylhet", region: "Sylhet", country: "BD")
            ).order
            #expect(try await offered(both, there.id).map(\.gateway) == [.stripe])
            #expect(try await offered(both, elsewhere.id).isEmpty)
        }
    }

    @Test("An edit counts from the version that its editor saw, is on record, and names what is not acceptable")
    func edits() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let made = try await rule(both, .stripe, .init(position: 1))
            let keep = keep(both)
            let edited = try await till.market.work { work in
                try await keep.update(made.id, version: 1, by: .system, in: work) {
                    $0.hours = PaymentOptionRule.Hours(from: 0, until: 60, utcOffset: 360)
                }
            }
            #expect(edited.version == 2)
            let page = try await PaymentOptionStore().rules(page: PageRequest(), in: till.client)
            #expect(page.items == [edited])
            let stale = await #expect(throws: Problem.self) {
                try await till.market.work { try await keep.update(made.id, version: 1, by: .system, in: $0) { _ in } }
            }
            #expect(stale?.status == 412)
            let unknown = await #expect(throws: Problem.self) {
                try await rule(both, GatewayName(rawValue: "nobody"), .init())
            }
            #expect(unknown?.status == 422)
            let actions = try await till.client.queryValues(
                "SELECT action FROM audit_events WHERE subject = \("\(made.id)") ORDER BY id", as: String.self)
            #expect(actions == ["payment_option_rule.created", "payment_option_rule.updated"])
        }
    }

    @Test("A gateway that fails again and again steps back for every process, and comes back once it works")
    func health() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let order = try await both.order()
            till.gateway.set { state in
                state.opening = (0..<5).map { _ in .failure(.unavailable("the circuit to stripe is open")) }
            }
            let health = GatewayHealth(postgres: till.client, clock: till.market.clock, logger: silent)
            for count in 1...5 {
                await health.note(.unavailable("down"), of: TwoGateways.second)
                let names = try await offered(both, order).map(\.gateway)
                #expect(names == (count < 5 ? [TwoGateways.second, .stripe] : [.stripe, TwoGateways.second]))
            }
            #expect(try await offered(both, order).last?.isUnwell == true)
            try await health.watching(TwoGateways.second) {}
            #expect(try await offered(both, order).map(\.isUnwell) == [false, false])
            for _ in 0..<2 {
                await #expect(throws: (any Error).self) { try await both.open(order, at: .stripe) }
            }
            #expect(
                try await till.client.queryValue(
                    "SELECT failures FROM gateway_health WHERE gateway = 'stripe'",
                    as: Int32.self) == 2)
        }
    }

    @Test("Refused credentials count at once, and a failure long ago counts no more")
    func credentials() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let order = try await both.order()
            let health = GatewayHealth(postgres: till.client, clock: till.market.clock, logger: silent)
            await health.note(.credentialsRefused("status 401"), of: .stripe)
            #expect(try await offered(both, order).last?.gateway == .stripe)
            till.market.clock.advance(by: 301)
            #expect(try await offered(both, order).map(\.isUnwell) == [false, false])
            for _ in 0..<6 {
                await health.note(.unknown("timeout"), of: TwoGateways.second)
                till.market.clock.advance(by: 61)
            }
            #expect(try await offered(both, order).map(\.isUnwell) == [false, false])
            await health.note(.refused(code: nil, message: "no", evidence: nil), of: TwoGateways.second)
            #expect(try await till.count("gateway_health WHERE failures > 0 AND gateway = 'second'") == 0)
        }
    }
}
