import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Postgres
import Testing
import Vendors

@Suite("Vendors")
struct VendorTests {
    @Test("A new vendor can be read and listed, and its creation is on record")
    func admission() async throws {
        try await Marketplace.open { market in
            let first = try await market.vendor(named: "First")
            let second = try await market.vendor(named: "Second")
            let store = VendorStore()
            #expect(try await store.vendor(first.id, visibleTo: .everything, in: market.client) == first)
            #expect(first.slug == "first" && first.status == .active && first.identity == nil)
            let page = try await store.vendors(page: PageRequest(limit: 1), visibleTo: .everything, in: market.client)
            #expect(page.items == [second])
            let rest = try await store.vendors(
                page: PageRequest(limit: 1, cursor: page.next?.encoded), visibleTo: .everything, in: market.client)
            #expect(rest == Page(items: [first], next: nil))
            #expect(try await market.actions(on: first.id) == ["vendor.created"])
            #expect(try await market.published() == ["vendor.changed", "vendor.changed"])
        }
    }

    @Test("All fields that are not acceptable are named")
    func refusal() async throws {
        try await Marketplace.open { market in
            let create = CreateVendor(audit: market.audit, ids: market.ids, clock: market.clock)
            let problem = await #expect(throws: Problem.self) {
                try await market.work {
                    try await create(
                        NewVendor(
                            name: " ", email: "nobody", commission: Commission(rate: Rate(partsPerMillion: 1_000_001))),
                        by: .system, in: $0)
                }
            }
            #expect(problem?.fields.map(\.pointer) == ["/name", "/commission_ppm", "/email"])
        }
    }

    @Test("Vendors are listed by their status")
    func listing() async throws {
        try await Marketplace.open { market in
            let applicant = try await market.applied(market.bangladeshi())
            let active = try await market.vendor()
            for (status, expected) in [(VendorStatus.applied, applicant.id), (.active, active.id)] {
                let page = try await VendorStore().vendors(
                    status: status, page: PageRequest(), visibleTo: .everything, in: market.client)
                #expect(page.items.map(\.id) == [expected])
            }
        }
    }

    @Test("On holiday nothing of a vendor is for sale, from its first moment to before its last")
    func holiday() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let variant = try await market.goods(units: 5, vendor: vendor)
            let start = market.clock.now + 3_600
            let end = start + 3_600
            var changes = VendorChanges()
            changes.holiday = .set(Holiday(from: start, until: end, message: "Eid"))
            let away = changes
            let details = try await market.work {
                try await market.update(vendor.id, away, version: 1, by: market.member(of: vendor.id), in: $0)
            }
            #expect(details.vendor.holiday?.message == "Eid")
            func isOffered(at time: Date) async throws -> Bool {
                try await !ProductStore().offers(for: [variant.id], at: time, in: market.client).isEmpty
            }
            #expect(try await isOffered(at: start - 0.001))
            #expect(try await !isOffered(at: start))
            #expect(try await !isOffered(at: end - 0.001))
            #expect(try await isOffered(at: end))
            market.clock.advance(by: 3_600)
            let problem = await #expect(throws: Problem.self) { try await market.place((variant, 1)) }
            #expect(problem?.faults == ["/lines/0/variant_id not_for_sale"])
            changes.holiday = .clear
            let back = changes
            _ = try await market.work { try await market.update(vendor.id, back, version: 2, by: .system, in: $0) }
            #expect(try await isOffered(at: start))
        }
    }

    @Test("A holiday ends after it begins, and within a year")
    func holidayLimits() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            for (length, code) in [(0.0, "order"), (-1, "order"), (367 * 86_400, "too_long")] {
                var changes = VendorChanges()
                changes.holiday = .set(
                    Holiday(from: market.clock.now, until: market.clock.now + length, message: ""))
                let wrong = changes
                let problem = await #expect(throws: Problem.self) {
                    try await market.work {
                        try await market.update(vendor.id, wrong, version: nil, by: .system, in: $0)
                    }
                }
                #expect(problem?.faults == ["/holiday/until \(code)"])
            }
        }
    }
}
