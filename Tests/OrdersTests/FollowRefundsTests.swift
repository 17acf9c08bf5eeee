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

@Suite("An order follows its refunds")
struct FollowRefundsTests {
    private func follow(
        _ market: Marketplace, _ order: ID<Order>, _ refunded: Int64, _ kind: OrderEventKind = .refunded,
        reference: String = "ref_1"
    ) async throws {
        let before = try await market.order(order).refunded
        try await market.queue.withUnitOfWork { work in
            try await FollowRefunds(audit: market.audit)(
                order, by: Money(minorUnits: refunded, currency: .bdt).subtracting(before),
                OrderEvent(kind, reference: reference, at: market.clock.now), actor: .system, in: work)
        }
    }

    private func delivered(_ market: Marketplace) async throws -> (order: ID<Order>, variant: Variant) {
        let variant = try await market.licence(keys: 2)
        let order = try await market.place((variant, 1)).order.id
        #expect(try await market.pay(order).isPaid)
        try await market.deliver(order)
        return (order, variant)
    }

    private func keyStates(_ market: Marketplace) async throws -> [String] {
        try await market.client.queryValues("SELECT state FROM licence_keys ORDER BY id", as: String.self)
    }

    @Test("A part leaves the keys with the customer; all of it revokes them, and they never return to the pool")
    func delivered() async throws {
        try await Marketplace.open { market in
            let (order, variant) = try await delivered(market)
            try await follow(market, order, 20_000)
            #expect(try await market.order(order).paymentState == .partiallyRefunded)
            #expect(try await market.reveal(order).count == 1)
            try await follow(market, order, 120_000, reference: "ref_2")
            #expect(try await market.order(order).status == .refunded)
            #expect(try await market.reveal(order).isEmpty)
            #expect(try await keyStates(market) == ["revoked", "available"])
            #expect(try await market.level(of: variant) == StockLevel(variant: variant.id, onHand: 1, reserved: 0))
            let details = try #require(try await OrderStore().details(order, visibleTo: .everything, in: market.client))
            #expect(details.timeline.filter { $0.kind == .refunded }.map(\.reference) == ["ref_1", "ref_2"])
            let actions = try await market.client.queryValues(
                "SELECT action FROM audit_events WHERE subject = \("\(order)") ORDER BY id", as: String.self)
            #expect(actions.suffix(3) == ["order.refunded", "order.keys_revealed", "order.refunded"].suffix(3))
            #expect(try await market.audit.verifyAll(in: market.client).isSound)
        }
    }

    @Test("Keys that were not handed over are in stock again and not delivered; goods may be on their way")
    func undelivered() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let key = try await market.licence(keys: 1, sku: "K", vendor: vendor)
            let book = try await market.goods(units: 3, sku: "B", vendor: vendor)
            let order = try await market.place((key, 1), (book, 2)).order.id
            #expect(try await market.pay(order).isPaid)
            for _ in 0..<2 { try await follow(market, order, 220_000) }
            try await market.deliver(order)
            #expect(try await keyStates(market) == ["available"])
            #expect(try await market.level(of: key).available == 1)
            #expect(try await market.level(of: book).available == 1)
            let next = try await market.place((key, 1)).order.id
            #expect(try await market.pay(next).isPaid)
            try await market.deliver(next)
            #expect(try await market.order(next).status == .delivered)
        }
    }

    @Test("A refund that the bank sent back makes the order paid again, with its keys")
    func returned() async throws {
        try await Marketplace.open { market in
            let (order, _) = try await delivered(market)
            try await follow(market, order, 120_000)
            try await follow(market, order, 0, .refundReturned)
            #expect(try await market.order(order).status == .delivered)
            #expect(try await market.reveal(order).count == 1)
            try await follow(market, order, 1, reference: "ref_2")
            #expect(try await market.order(order).paymentState == .partiallyRefunded)
            try await follow(market, order, 0, .refundReturned, reference: "ref_2")
            #expect(try await market.order(order).status == .delivered)
        }
    }

    @Test("Returned money for units that others have bought since leaves the order completed, for an operator")
    func returnedTooLate() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 1)
            let order = try await market.place((key, 1)).order.id
            #expect(try await market.pay(order).isPaid)
            try await follow(market, order, 120_000)
            let rival = try await market.place((key, 1)).order.id
            try await follow(market, order, 0, .refundReturned)
            let returned = try await market.order(order)
            #expect(returned.state == .completed && returned.paymentState == .paid)
            try await market.deliver(order)
            #expect(try await market.reveal(order).isEmpty)
            #expect(try await market.pay(rival).isPaid)
            try await market.deliver(rival)
            #expect(try await market.order(rival).status == .delivered)
            #expect(try await market.level(of: key) == StockLevel(variant: key.id, onHand: 0, reserved: 0))
        }
    }

    @Test("Returned money for units that are still there delivers them after all")
    func returnedInTime() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 1)
            let order = try await market.place((key, 1)).order.id
            #expect(try await market.pay(order).isPaid)
            try await follow(market, order, 120_000)
            try await follow(market, order, 0, .refundReturned)
            #expect(try await market.order(order).status == .paid)
            #expect(try await market.jobKinds().filter { $0 == DeliverLicenceKeys.Job.kind }.count == 2)
            try await market.deliver(order)
            #expect(try await market.order(order).status == .delivered)
        }
    }

    @Test("An order that was never paid does not move")
    func unpaid() async throws {
        try await Marketplace.open { market in
            let order = try await market.place((market.licence(keys: 1), 1)).order.id
            try await follow(market, order, 120_000)
            #expect(try await market.order(order).status == .pendingPayment)
        }
    }
}
