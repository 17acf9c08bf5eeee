import CommerceTestSupport
import Core
import Foundation
import Postgres
import TestSupport
import Testing
import Values

@testable import Pricing

@Suite("Taxes on record") struct TaxStoreTests {
    @Test("A new marketplace knows the rates of India and Bangladesh, each with its source")
    func seeds() async throws {
        try await Marketplace.open { market in
            let store = TaxStore()
            let rates = try await store.rates(in: market.client)
            #expect(rates.count == 20)
            #expect(rates.allSatisfy { !$0.source.isEmpty && $0.validTo == nil })
            let jurisdictions = try await store.jurisdictions(in: market.client)
            #expect(jurisdictions.map(\.country) == ["BD", "IN"])
            #expect(jurisdictions[1].territories == ["04", "25", "26", "31", "35", "38", "97"])

            let rules = PricingRules(
                settings: try await PricingSettingsStore().settings(in: market.client), jurisdictions: jurisdictions,
                rates: rates)
            var shirt = SampleCart(across: true)
            shirt.add(260_000, 1, "in_apparel")
            #expect(try rules.price(shirt.request).taxes(line: 0) == [.igst: 12_381])
            var rice = SampleCart.dhaka()
            rice.add(50_000, 1, "bd_exempt")
            rice.add(115_000, 1, nil)
            #expect(try rules.price(rice.request).totals.tax.minorUnits == 15_000)
        }
    }

    @Test("Of two rates for one price on one day the database refuses the second")
    func overlap() async throws {
        try await Marketplace.open { market in
            let day = CivilDate(year: 2027, month: 4, day: 1)!
            func insert(_ rate: TaxRate) async throws(PostgresError) {
                try await TaxStore().insert(rate, in: market.client)
            }
            func rate(_ band: TaxRate.Band = .any, from: CivilDate = day) -> TaxRate {
                SampleRules.rate("IN", .taxClass("in_merit"), .gst, 120_000, band, from: from)
            }
            let refused = await #expect(throws: PostgresError.self) { try await insert(rate()) }
            #expect(refused?.constraintName == "tax_rates_one_at_a_time")

            let merit = try #require(
                try await TaxStore().rates(in: market.client).first { $0.goods == .taxClass("in_merit") })
            let ended = try await TaxStore().end(merit.id, on: day, in: market.client)
            #expect(ended?.validTo == day)
            try await insert(rate(TaxRate.Band(above: nil, upTo: 100)))
            try await insert(rate(TaxRate.Band(above: 100, upTo: nil)))
            await #expect(throws: PostgresError.self) { try await insert(rate(TaxRate.Band(above: 99, upTo: 101))) }
            #expect(try await TaxStore().end(merit.id, on: day, in: market.client) == nil)
        }
    }

    @Test("A rate is never changed, not even by its owner")
    func kept() async throws {
        try await Marketplace.open { market in
            let error = await #expect(throws: PostgresError.self) {
                try await market.owner.execute("UPDATE tax_rates SET rate_ppm = 10 WHERE tax_class = 'in_merit'")
            }
            #expect(error?.constraintName == "tax_rates_are_kept")
            await #expect(throws: PostgresError.self) {
                try await market.client.execute("DELETE FROM tax_rates")
            }
        }
    }
}
