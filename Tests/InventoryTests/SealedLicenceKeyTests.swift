import Catalog
import CommerceTestSupport
import Core
import Foundation
import Inventory
import Orders
import Postgres
import Testing
import Vault
import Vendors

@Suite("Sealed licence keys")
struct SealedLicenceKeyTests {
    private func replace(_ market: Marketplace, batch: Int = 3) async throws -> [Int] {
        let retire = RetireDataKeys(audit: market.audit)
        let reseal = ResealLicenceKeys(vault: market.vault, audit: market.audit)
        let moment = Date().addingTimeInterval(1)
        var counts: [Int] = []
        for scope in try await retire.scopes(madeBefore: moment, in: market.client) {
            _ = try await market.work { try await retire(of: scope, madeBefore: moment, by: .system, in: $0) }
            counts.append(try await reseal(of: scope, by: .system, batch: batch, in: market.queue))
        }
        return counts
    }

    private func ciphertexts(_ market: Marketplace) async throws -> [[UInt8]] {
        try await market.client.queryValues("SELECT ciphertext FROM licence_keys ORDER BY id", as: [UInt8].self)
    }

    @Test("A key that stands in another's row, or under another data key's name, does not open")
    func swapped() async throws {
        try await Marketplace.open(connections: 2) { market in
            let vendor = try await market.vendor()
            let one = try await market.licence(keys: 2, sku: "A", vendor: vendor)
            _ = try await market.licence(keys: 1, sku: "B")
            let vault = LicenceKeyVault(vault: market.vault)
            #expect(try await vault.verify(newest: 10, in: market.client) == 3)
            try await market.client.execute(
                """
                UPDATE licence_keys SET ciphertext = other.ciphertext FROM licence_keys AS other
                WHERE licence_keys.variant_id = \(one.id) AND other.variant_id = \(one.id) AND licence_keys.id <> other.id
                """)
            await #expect(throws: VaultError.damaged) { try await vault.verify(newest: 10, in: market.client) }
            try await market.owner.execute("DELETE FROM licence_keys WHERE variant_id <> \(one.id)")
            try await market.client.execute(
                "UPDATE licence_keys SET data_key_id = (SELECT id FROM data_keys WHERE purpose = 'seal' AND id <> data_key_id)"
            )
            await #expect(throws: VaultError.self) { try await vault.verify(newest: 10, in: market.client) }
        }
    }

    @Test(
        "Keys of retired data keys are sealed under new ones, whatever their state; they are the same keys, and still no duplicates"
    )
    func resealing() async throws {
        try await Marketplace.open(connections: 2) { market in
            let variant = try await market.licence(keys: 10)
            let order = try await market.place((variant, 4)).order
            #expect(try await market.pay(order.id).isPaid)
            try await market.deliver(order.id)
            let before = try await ciphertexts(market)
            let sold = try await market.reveal(order.id).map { $0.key.reveal() }
            #expect(try await replace(market) == [10])
            let after = try await ciphertexts(market)
            #expect(zip(before, after).allSatisfy { $0[1..<17] != $1[1..<17] })
            #expect(try await market.reveal(order.id).map { $0.key.reveal() } == sold)
            #expect(try await market.importKeys(["AV-1-KEY-7", "AV-1-KEY-NEW"], into: variant).duplicates == [0])
            #expect(try await LicenceKeyVault(vault: market.vault).verify(newest: 20, in: market.client) == 11)
            let actions = try await market.audit.events(
                of: variant.vendor.description, page: PageRequest(), in: market.client
            ).items.map(\.entry.action)
            #expect(actions == Array(repeating: "licence_keys.resealed", count: 4) + ["vendor.created"])
        }
    }

    @Test("What was sealed anew already is left alone")
    func repetition() async throws {
        try await Marketplace.open(connections: 2) { market in
            let variant = try await market.licence(keys: 5)
            #expect(try await replace(market) == [5])
            let once = try await ciphertexts(market)
            let reseal = ResealLicenceKeys(vault: market.vault, audit: market.audit)
            #expect(try await reseal(of: .vendor(variant.vendor), by: .system, in: market.queue) == 0)
            #expect(try await reseal(of: KeyScope("idempotency"), by: .system, in: market.queue) == 0)
            #expect(try await ciphertexts(market) == once)
        }
    }

    @Test("A delivery waits for keys that somebody seals anew, instead of lacking them", .timeLimit(.minutes(10)))
    func deliveryMeanwhile() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 3)
            let order = try await market.place((variant, 3)).order
            #expect(try await market.pay(order.id).isPaid)
            let (locked, lock) = AsyncStream.makeStream(of: Void.self)
            async let holding: Void = market.client.withTransaction { transaction in
                defer { lock.finish() }
                try await transaction.execute("UPDATE licence_keys SET ciphertext = ciphertext")
                lock.yield()
                try await Task.sleep(for: .milliseconds(500))
            }
            for await _ in locked.prefix(1) {}
            try await market.deliver(order.id)
            try await holding
            #expect(try await market.reveal(order.id).count == 3)
        }
    }
}
