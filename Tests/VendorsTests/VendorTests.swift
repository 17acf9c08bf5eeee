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
            let create = CreateVendor(
                keyring: market.keyring, audit: market.audit, ids: market.ids, clock: market.clock)
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

    @Test("A data key opens what it sealed, in its own context alone")
    func sealing() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let other = try await market.vendor(named: "Other")
            let key = try await market.keyring.dataKey(of: vendor.id, in: market.client)
            let context = UUID()
            let sealed = try key.seal(Array("secret".utf8), context: context)
            let again = try await market.keyring.dataKey(of: vendor.id, in: market.client)
            #expect(try again.open(sealed, context: context) == Array("secret".utf8))
            #expect(throws: VendorKeyError.damaged) { try key.open(sealed, context: UUID()) }
            var damaged = sealed
            damaged[20] ^= 1
            #expect(throws: VendorKeyError.damaged) { try key.open(damaged, context: context) }
            #expect(throws: VendorKeyError.damaged) { try key.open([], context: context) }
            let otherKey = try await market.keyring.dataKey(of: other.id, in: market.client)
            #expect(throws: VendorKeyError.damaged) { try otherKey.open(sealed, context: context) }
            #expect(key.fingerprint(of: [1]) == again.fingerprint(of: [1]))
            #expect(key.fingerprint(of: [1]) != otherKey.fingerprint(of: [1]))
        }
    }

    @Test("A wrong encryption key is named by its fingerprint")
    func wrongKey() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let wrong = EncryptionKey()
            let expected = VendorKeyError.wrongEncryptionKey(
                stored: market.encryptionKey.fingerprint, configured: wrong.fingerprint)
            await #expect(throws: expected) {
                try await VendorKeyring(encryptionKey: wrong).dataKey(of: vendor.id, in: market.client)
            }
            #expect(expected.description.contains("HAAT_ENCRYPTION_KEY"))
        }
    }
}
