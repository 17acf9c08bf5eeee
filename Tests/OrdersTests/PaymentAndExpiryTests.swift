import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Orders
import Postgres
import Testing

@Suite("Paying, cancelling and expiring")
struct PaymentAndExpiryTests {
    @Test("A payment takes the units out of stock, once, and enqueues the delivery with it")
    func paying() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let key = try await market.licence(keys: 3, sku: "K", vendor: vendor)
            let book = try await market.goods(units: 3, sku: "B", vendor: vendor)
            let order = try await market.place((key, 1), (book, 2)).order
            #expect(try await market.pay(order.id).isPaid)
            #expect(try await market.pay(order.id) == .alreadyPaid)
            #expect(try await market.order(order.id).status == .paid)
            #expect(try await market.level(of: book) == StockLevel(variant: book.id, onHand: 1, reserved: 0))
            #expect(
                try await market.jobKinds() == ["notifications.vendor_sale", "orders.deliver_keys", "orders.expire"])
        }
    }

    @Test("An order expires when its time has come and not before; a paid one never does")
    func expiring() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 3)
            let order = try await market.place((key, 2)).order
            let paid = try await market.place((key, 1)).order
            try await market.expire(order.id)
            #expect(try await market.order(order.id).status == .pendingPayment)
            #expect(try await market.pay(paid.id).isPaid)
            market.clock.advance(by: 1801)
            for _ in 0..<2 { try await market.expire(order.id) }
            try await market.expire(paid.id)
            #expect(try await market.order(order.id).status == .expired)
            #expect(try await market.order(paid.id).status == .paid)
            #expect(try await market.level(of: key) == StockLevel(variant: key.id, onHand: 2, reserved: 0))
            let details = try await OrderStore().details(order.id, visibleTo: .everything, in: market.client)
            #expect(details?.timeline.map(\.kind) == [.ordered, .expired])
        }
    }

    @Test("A capture for an expired order is honoured while there is stock, else the money must go back")
    func lateCapture() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 1)
            let late = try await market.place((key, 1)).order
            market.clock.advance(by: 1801)
            try await market.expire(late.id)
            #expect(try await market.pay(late.id).isPaid)
            #expect(try await market.order(late.id).closedAt == nil)
            try await market.deliver(late.id)
            #expect(try await market.order(late.id).status == .delivered)

            try await market.importKeys(["NEXT"], into: key)
            let tooLate = try await market.place((key, 1)).order
            market.clock.advance(by: 1801)
            try await market.expire(tooLate.id)
            _ = try await market.place((key, 1))
            #expect(try await market.pay(tooLate.id) == .unfulfillable(.outOfStock))
            #expect(try await market.order(tooLate.id).status == .expired)
        }
    }

    @Test("Cancelling gives the units back; a capture that comes later must go back")
    func cancelling() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 1)
            let order = try await market.place((key, 1)).order
            for _ in 0..<2 {
                #expect(try await market.cancel(order.id).status == .cancelled)
            }
            #expect(try await market.level(of: key).available == 1)
            #expect(try await market.pay(order.id) == .unfulfillable(.cancelled))
            let paid = try await market.place((key, 1)).order
            #expect(try await market.pay(paid.id).isPaid)
            await #expect(throws: OrderTransitionRefused(status: .paid, transition: .cancel)) {
                try await market.cancel(paid.id)
            }
            await #expect(throws: Problem.notFound("order")) {
                try await market.cancel(ID(uuid: market.ids.next()))
            }
        }
    }

    @Test("An advance holds the goods for good; the order is paid once the balance has come, each of them once")
    func inParts() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 1)
            let order = try await market.place((key, 1)).order.id
            try await market.owner.execute(
                """
                WITH advance AS (
                    UPDATE payment_demands SET kind = 'advance', amount_minor = 20000 WHERE order_id = \(order) RETURNING *
                )
                INSERT INTO payment_demands (id, order_id, kind, amount_minor, currency, created_at)
                SELECT \(market.ids.next()), order_id, 'balance', 100000, currency, created_at FROM advance
                """)
            #expect(try await market.pay(order).isPaid)
            #expect(try await market.order(order).paymentState == .partiallyPaid)
            #expect(try await market.level(of: key) == StockLevel(variant: key.id, onHand: 0, reserved: 0))
            market.clock.advance(by: 1801)
            try await market.expire(order)
            try await market.deliver(order)
            await #expect(throws: OrderTransitionRefused.self) { try await market.cancel(order) }
            #expect(try await market.order(order).status == .pendingPayment)
            #expect(try await market.reveal(order).isEmpty)
            #expect(try await market.pay(order).isPaid)
            #expect(try await market.pay(order) == .alreadyPaid)
            let paid = try await market.order(order)
            #expect(paid.status == .paid && paid.captured == paid.total)
            #expect(try await market.jobKinds().filter { $0 == DeliverLicenceKeys.Job.kind }.count == 1)
            try await market.deliver(order)
            #expect(try await market.order(order).state == .completed)
        }
    }

    @Test("Expiry and payment at the same moment: the order is paid, its unit is sold once")
    func expiryAgainstPayment() async throws {
        try await Marketplace.open(connections: 8) { market in
            let key = try await market.licence(keys: 40)
            for round in 1...40 {
                let order = try await market.place((key, 1)).order
                market.clock.advance(by: 1801)
                try await withThrowingTaskGroup { group in
                    for _ in 0..<2 { group.addTask { try await market.expire(order.id) } }
                    for _ in 0..<2 { group.addTask { _ = try await market.pay(order.id) } }
                    try await group.waitForAll()
                }
                #expect(try await market.order(order.id).status == .paid)
                #expect(
                    try await market.level(of: key)
                        == StockLevel(variant: key.id, onHand: Int64(40 - round), reserved: 0))
            }
            #expect(try await market.deadlocks() == 0)
            #expect(try await market.audit.verifyAll(in: market.client).isSound)
        }
    }

    @Test("Expiry, payment and another buyer at the same moment: the last unit has one owner")
    func lastUnit() async throws {
        try await Marketplace.open(connections: 8) { market in
            for round in 0..<30 {
                let key = try await market.licence(keys: 1, sku: "L\(round)")
                let order = try await market.place((key, 1)).order
                market.clock.advance(by: 1801)
                async let expiry: Void = market.expire(order.id)
                async let payment = market.pay(order.id)
                async let rival = { () async throws -> Bool in
                    do {
                        _ = try await market.place((key, 1))
                        return true
                    } catch is InsufficientStock {
                        return false
                    }
                }()
                try await expiry
                let (outcome, hasRivalBought) = (try await payment, try await rival)
                #expect(hasRivalBought ? outcome == .unfulfillable(.outOfStock) : outcome.isPaid)
            }
        }
    }
}
