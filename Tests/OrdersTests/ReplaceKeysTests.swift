import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Jobs
import Orders
import Postgres
import Testing

@Suite("Revoking and replacing licence keys")
struct ReplaceKeysTests {
    private func replace(_ market: Marketplace) -> ReplaceOrderKeys {
        ReplaceOrderKeys(audit: market.audit, clock: market.clock)
    }

    private func bought(_ units: Int64, of variant: Variant, in market: Marketplace) async throws -> ID<Order> {
        let order = try await market.place((variant, units)).order.id
        #expect(try await market.pay(order).isPaid)
        try await market.deliver(order)
        return order
    }

    private func keys(_ order: ID<Order>, _ market: Marketplace) async throws -> [SoldKey] {
        try await ReadOrderKeys()(order, visibleTo: .everything, in: market.client)
    }

    private func texts(_ order: ID<Order>, _ market: Marketplace) async throws -> [String] {
        try await market.reveal(order).map { $0.key.reveal() }
    }

    @Test("A replaced key never comes back, the new one is out of stock, and its buyer is told")
    func replacing() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 4)
            let order = try await bought(2, of: variant, in: market)
            let old = try await keys(order, market)[0]
            let new = try await market.work {
                try await replace(market).replace(old.id, because: "Used before", by: .system, in: $0)
            }
            #expect(new.unit == 1 && new.state == .assigned && new.id != old.id)
            #expect(try await texts(order, market) == ["AV-1-KEY-2", "AV-1-KEY-1"])
            #expect(try await market.level(of: variant).onHand == 1)
            let states = try await keys(order, market).map(\.state)
            #expect(states == [.replaced, .assigned, .assigned])
            #expect(try await keys(order, market)[0].closing?.reason == "Used before")
            let jobs = try await market.client.queryValues(
                "SELECT payload FROM jobs WHERE kind = 'notifications.order_delivered' ORDER BY id", as: JSONValue.self)
            #expect(jobs.count == 2 && jobs[1]["isReplacement"] == true)
            let again = await #expect(throws: Problem.self) {
                try await market.work { try await replace(market).replace(old.id, because: "so", by: .system, in: $0) }
            }
            #expect(again?.type == "key-not-replaceable")
            await #expect(throws: PostgresError.self) {
                try await market.client.execute("UPDATE licence_keys SET state = 'assigned' WHERE id = \(old.id)")
            }
            #expect(try await market.importKeys(["AV-1-KEY-0"], into: variant).duplicates == [0])
        }
    }

    @Test("Where nobody's keys are none, none is replaced: others' are not taken for it")
    func lacking() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 3)
            let order = try await bought(1, of: variant, in: market)
            _ = try await market.place((variant, 1))
            let owed = try await market.place((variant, 1)).order.id
            #expect(try await market.pay(owed).isPaid)
            let key = try await keys(order, market)[0]
            let refused = await #expect(throws: Problem.self) {
                try await market.work { try await replace(market).replace(key.id, because: "so", by: .system, in: $0) }
            }
            #expect(refused?.type == "licence-keys-lacking" && refused?.extensions["left"] == 0)
            #expect(try await keys(order, market).map(\.state) == [.assigned])
            #expect(try await market.level(of: variant).onHand == 1)
        }
    }

    @Test(
        "A key that the staff has revoked is shown no more, whatever becomes of the money, until another takes its place"
    )
    func revoking() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 3)
            let order = try await bought(2, of: variant, in: market)
            let key = try await keys(order, market)[1]
            for _ in 0..<2 {
                let revoked = try await market.work {
                    try await replace(market).revoke(key.id, because: "Shared in public", by: .system, in: $0)
                }
                #expect(revoked.state == .revoked && revoked.closing?.reason == "Shared in public")
            }
            #expect(try await texts(order, market) == ["AV-1-KEY-0"])
            let keyStore = LicenceKeyStore()
            let lines = try await keys(order, market).map(\.line)
            _ = try await market.work { try await keyStore.revoke(lines: lines, in: $0) }
            _ = try await market.work { try await keyStore.reinstate(lines: lines, in: $0) }
            #expect(try await texts(order, market) == ["AV-1-KEY-0"])
            _ = try await market.work {
                try await replace(market).replace(key.id, because: "A mistake", by: .system, in: $0)
            }
            #expect(try await texts(order, market) == ["AV-1-KEY-0", "AV-1-KEY-2"])
        }
    }

    @Test("What nobody has bought, and what is out of reach, can't be replaced")
    func reach() async throws {
        try await Marketplace.open(connections: 2) { market in
            let variant = try await market.licence(keys: 1)
            let free = try #require(
                try await market.client.queryValue("SELECT id FROM licence_keys", as: ID<LicenceKey>.self))
            let unsold = await #expect(throws: Problem.self) {
                try await market.work { try await replace(market).revoke(free, because: "so", by: .system, in: $0) }
            }
            #expect(unsold?.type == "key-not-replaceable")
            let stranger = Principal(
                .vendorMember(UUID()), permissions: [.licenceKeysReplace], visibility: .vendor(UUID()))
            let foreign = await #expect(throws: Problem.self) {
                try await market.work { try await replace(market).revoke(free, because: "so", by: stranger, in: $0) }
            }
            #expect(foreign?.status == 404)
            #expect(try await market.level(of: variant).onHand == 1)
        }
    }

    @Test(
        "All keys of a bad batch are replaced order by order; those for which the pool lacks keys wait for the next time"
    )
    func bulk() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 0)
            let bad = try await market.keyBatch(of: variant)
            try await market.importKeys((0..<5).map { "BAD-\($0)" }, into: variant, of: bad)
            let first = try await bought(1, of: variant, in: market)
            let large = try await bought(3, of: variant, in: market)
            let last = try await bought(1, of: variant, in: market)
            let all = ReplaceBatchKeys(audit: market.audit, clock: market.clock)
            let trusted = await #expect(throws: Problem.self) {
                try await market.work { try await all.start(bad.id, by: .system, in: $0) }
            }
            #expect(trusted?.type == "key-batch-trusted")
            _ = try await market.work {
                try await QuarantineLicenceKeys(audit: market.audit, clock: market.clock)(
                    bad.id, because: "Revoked by the maker", by: .system, in: $0)
            }
            try await market.importKeys(["NEW-0", "NEW-1"], into: variant)
            _ = try await market.work { try await all.start(bad.id, by: .system, in: $0) }
            let job = ReplaceBatchKeys.Job(batchID: bad.id, actor: "system")
            #expect(try await all.run(job, in: market.queue) == 1)
            #expect(try await texts(first, market) == ["NEW-0"])
            #expect(try await texts(last, market) == ["NEW-1"])
            #expect(try await texts(large, market) == ["BAD-1", "BAD-2", "BAD-3"])
            try await market.importKeys(["NEW-2", "NEW-3", "NEW-4"], into: variant)
            for _ in 0..<2 { #expect(try await all.run(job, in: market.queue) == 0) }
            #expect(try await texts(large, market) == ["NEW-2", "NEW-3", "NEW-4"])
            #expect(try await market.level(of: variant).onHand == 0)
            #expect(try await market.told("order.licence_keys_replaced").count == 3)
            let figures = try await LicenceKeyBatchStore().figures(of: bad.id, in: market.client)
            #expect(figures[.replaced] == 5 && figures.total == 5)
        }
    }

    @Test("A buyer's first look at a key is kept as evidence; the staff's and the mail's are not")
    func evidence() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 1)
            let order = try await bought(1, of: variant, in: market)
            let reveal = RevealOrderKeys(
                vault: LicenceKeyVault(vault: market.vault), audit: market.audit, clock: market.clock)
            _ = try await texts(order, market)
            #expect(try await keys(order, market)[0].evidence == nil)
            let first = market.clock.now
            for network in ["203.0.113.7", "198.51.100.9"] {
                let shown = try await market.work {
                    try await reveal(order, by: .holder(ofTokenOf: order.uuid), from: network, in: $0)
                }
                #expect(shown.count == 1)
                market.clock.advance(by: 60)
            }
            let evidence = try #require(try await keys(order, market)[0].evidence)
            #expect(evidence.from == "203.0.113.7")
            #expect(abs(evidence.firstAt.timeIntervalSince(first)) < 1)
            let figures = try await LicenceKeyBatchStore().figures(of: variant.id, in: market.client)
            #expect(figures.revealed == 1)
        }
    }

    @Test("Keys are mailed again once in ten minutes, and only where there are some")
    func resending() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 2)
            let order = try await bought(1, of: variant, in: market)
            let resend = ResendOrderKeys(audit: market.audit, clock: market.clock)
            for _ in 0..<3 { try await market.work { try await resend(order, by: .system, in: $0) } }
            #expect(try await market.jobKinds().count { $0 == "notifications.order_delivered" } == 2)
            market.clock.advance(by: 601)
            try await market.work { try await resend(order, by: .system, in: $0) }
            #expect(try await market.jobKinds().count { $0 == "notifications.order_delivered" } == 3)
            let unpaid = try await market.place((variant, 1)).order.id
            let refused = await #expect(throws: Problem.self) {
                try await market.work { try await resend(unpaid, by: .system, in: $0) }
            }
            #expect(refused?.type == "order-state")
        }
    }
}
