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
            let page = try await store.vendors(page: PageRequest(limit: 1), visibleTo: .everything, in: market.client)
            #expect(page.items == [second])
            let rest = try await store.vendors(
                page: PageRequest(limit: 1, cursor: page.next?.encoded), visibleTo: .everything, in: market.client)
            #expect(rest == Page(items: [first], next: nil))
            let events = try await market.audit.events(of: first.id.description, page: PageRequest(), in: market.client)
            #expect(events.items.map(\.entry.action) == ["vendor.created"])
        }
    }

    @Test("All fields that are not acceptable are named")
    func refusal() async throws {
        try await Marketplace.open { market in
            let create = CreateVendor(audit: market.audit, ids: market.ids, clock: market.clock)
            let problem = await #expect(throws: Problem.self) {
                try await market.work {
                    try await create(
                        NewVendor(name: " ", email: "nobody", commissionRate: Rate(partsPerMillion: 1_000_001)),
                        by: .system, in: $0)
                }
            }
            #expect(problem?.fields.map(\.pointer) == ["/name", "/commission_ppm", "/email"])
        }
    }
}
