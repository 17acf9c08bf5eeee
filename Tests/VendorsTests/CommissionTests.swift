import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Postgres
import Testing
import Vendors

@Suite("Commissions")
struct CommissionTests {
    private func rate(of variant: Variant, at time: Date, in market: Marketplace) async throws -> Rate? {
        try await ProductStore().offers(for: [variant.id], at: time, in: market.client).first?.commissionRate
    }

    private func set(
        _ percent: Double, of vendor: Vendor, from start: Date? = nil, fixed: Money? = nil, in market: Marketplace
    ) async throws -> CommissionTerm {
        try await market.work {
            try await market.setCommission(
                Commission(rate: .percent(percent), fixed: fixed), of: vendor.id, from: start, by: .system, in: $0)
        }
    }

    @Test("A term holds from its first moment until the next one begins, without a gap and without two at once")
    func terms() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor(commission: .percent(10))
            let variant = try await market.goods(units: 1, vendor: vendor)
            let now = market.clock.now
            let fixed = Money(minorUnits: 500, currency: .bdt)
            _ = try await set(5, of: vendor, from: now + 100, fixed: fixed, in: market)
            _ = try await set(10, of: vendor, from: now + 200, in: market)
            let expected: [(TimeInterval, Rate)] = [
                (0, .percent(10)), (99.999, .percent(10)), (100, .percent(5)), (199.999, .percent(5)),
                (200, .percent(10)), (1e9, .percent(10)),
            ]
            for (offset, rate) in expected {
                #expect(try await self.rate(of: variant, at: now + offset, in: market) == rate, "\(offset)")
            }
            #expect(try await rate(of: variant, at: now - 1, in: market) == nil)
            let terms = try await CommissionStore().terms(of: vendor.id, visibleTo: .everything, in: market.client)
            #expect(terms.map(\.validFrom) == [now + 200, now + 100, now])
            #expect(terms.map(\.validTo) == [nil, now + 200, now + 100])
            #expect(terms[1].commission.fixed == fixed)
        }
    }

    @Test("One that begins at the same moment corrects the one before it")
    func correction() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor(commission: .percent(10))
            let variant = try await market.goods(units: 1, vendor: vendor)
            let start = market.clock.now + 60
            _ = try await set(50, of: vendor, from: start, in: market)
            let right = try await set(5, of: vendor, from: start, in: market)
            #expect(try await rate(of: variant, at: start, in: market) == .percent(5))
            let terms = try await CommissionStore().terms(of: vendor.id, visibleTo: .everything, in: market.client)
            #expect(terms.count == 2 && terms[0].id == right.id)
        }
    }

    @Test("What was agreed for the past stays: no term begins before now, and none can be changed")
    func past() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let problem = await #expect(throws: Problem.self) {
                try await set(1, of: vendor, from: market.clock.now - 1, in: market)
            }
            #expect(problem?.faults == ["/valid_from past"])
            await #expect(throws: PostgresError.self) {
                try await market.owner.execute("UPDATE commission_terms SET rate_ppm = 0")
            }
        }
    }
}
