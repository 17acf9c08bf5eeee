import Carts
import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Jobs
import Orders
import Postgres
import Pricing
import Shipping
import Testing
import Vendors

@Suite("Checkout with cash on delivery")
struct CashCheckoutTests {
    private static let terms = CashOnDeliveryTerms(
        fee: Money(minorUnits: 0, currency: .bdt), feeRate: .percent(1),
        limit: Money(minorUnits: 500_000, currency: .bdt))

    /// A cart of 100,000 with a variant that is shipped for 6,000, and a quote of it.
    private func withCart(
        _ rule: CashOnDeliveryRule.Terms?, cash: CashOnDeliveryTerms? = terms, quantity: Int64 = 2,
        _ body: @escaping @Sendable (Counter, Variant, ID<Cart>, Principal) async throws -> Void
    ) async throws {
        try await Counter.open { counter in
            let book = try await counter.market.goods(units: 90, price: 50_000)
            try await counter.ship(Counter.flat(6_000, cash: cash))
            if let rule { try await counter.cashRule(rule) }
            let (cart, guest, _) = try await counter.trolley.guest()
            try await counter.trolley.add(quantity, of: book, to: cart, by: guest)
            try await body(counter, book, cart, guest)
        }
    }

    @Test("Where nobody is asked, the order is shipped at once: its units leave the stock and its vendors are told")
    func atOnce() async throws {
        try await withCart(CashOnDeliveryRule.Terms(isOffered: true)) { counter, book, cart, guest in
            let market = counter.market
            let online = try await counter.quoted(cart, by: guest).order
            #expect(online.total.minorUnits == 106_000)
            let offer = try online.cash.get()
            #expect(offer.fee.minorUnits == 1_060 && offer.advance == nil && !offer.asksForCode)
            let checkout = Counter.checkout(by: .cashOnDelivery, expecting: 107_060)
            let order = try await counter.ordered(cart, checkout, by: guest).order
            #expect(order.order.paymentMethod == .cashOnDelivery && order.order.cashConfirmation == .notAsked)
            #expect(order.order.confirmedAt == market.clock.now.roundedToMicroseconds)
            #expect(order.contents.adjustments.map(\.kind) == [.shipping, .fee])
            #expect(order.demands.map(\.kind) == [.full])
            let level = try await market.level(of: book)
            #expect(level.onHand == 88 && level.reserved == 0)
            #expect(try await market.jobKinds().contains("notifications.vendor_sale"))
            market.clock.advance(by: 86_400)
            try await market.expire(order.order.id)
            #expect(try await market.order(order.order.id).state == .open)
            try await market.cancel(order.order.id)
            #expect(try await market.level(of: book).onHand == 90)
        }
    }

    @Test("Cash is refused by area, amount, way of shipping and history, each with its reason")
    func refusals() async throws {
        func reason(
            _ rule: CashOnDeliveryRule.Terms?, cash: CashOnDeliveryTerms? = Self.terms, quantity: Int64 = 2
        ) async throws -> String? {
            let found = Mailbox()
            try await withCart(rule, cash: cash, quantity: quantity) { counter, _, cart, guest in
                let refusal = try await counter.trolley.refusal {
                    _ = try await counter.ordered(cart, Counter.checkout(by: .cashOnDelivery), by: guest)
                }
                await found.put(refusal?.extensions["reason"]?.textValue?.string)
                let quote = try await counter.quoted(cart, by: guest).order
                #expect(throws: CashOnDeliveryRefused.self) { try quote.cash.get() }
            }
            return await found.text
        }
        #expect(try await reason(nil) == "area")
        #expect(try await reason(CashOnDeliveryRule.Terms(isOffered: false)) == "area")
        #expect(try await reason(CashOnDeliveryRule.Terms(isOffered: true, limit: 100_000)) == "amount")
        #expect(try await reason(CashOnDeliveryRule.Terms(isOffered: true), cash: nil) == "method")
        #expect(try await reason(CashOnDeliveryRule.Terms(isOffered: true), quantity: 10) == "amount")
    }

    @Test("The third order of a customer that came back unpaid hides it, by whichever of address and number")
    func history() async throws {
        try await withCart(CashOnDeliveryRule.Terms(isOffered: true, mostRefusals: 3)) { counter, book, cart, guest in
            let market = counter.market
            for _ in 0..<3 {
                let offered = try await counter.quoted(cart, by: guest).order.cash
                #expect(throws: Never.self) { try offered.get() }
                let (other, owner, _) = try await counter.trolley.guest()
                try await counter.trolley.add(1, of: book, to: other, by: owner)
                let order = try await counter.ordered(other, Counter.checkout(by: .cashOnDelivery), by: owner).order
                try await market.owner.execute(
                    "UPDATE orders SET fulfilment_state = 'returned', delivered_at = now() WHERE id = \(order.order.id)"
                )
            }
            let refused = try await counter.quoted(cart, by: guest).order.cash
            #expect(throws: CashOnDeliveryRefused(.history)) { try refused.get() }
        }
    }

    @Test("An advance and the balance are two demands; the order is shipped once the advance is there")
    func advance() async throws {
        try await withCart(CashOnDeliveryRule.Terms(isOffered: true, advance: .shipping)) {
            counter, book, cart, guest in
            let market = counter.market
            let checkout = Counter.checkout(by: .cashOnDelivery)
            let order = try await counter.ordered(cart, checkout, by: guest).order
            #expect(order.demands.map(\.kind) == [.advance, .balance])
            #expect(order.demands.map(\.amount.minorUnits) == [6_000, 101_060])
            #expect(order.order.confirmedAt == nil)
            #expect(try await market.level(of: book).reserved == 2)
            #expect(try await market.pay(order.order.id).isPaid)
            let after = try await market.order(order.order.id)
            #expect(after.paymentState == .partiallyPaid && after.confirmedAt != nil && after.paidAt == nil)
            #expect(try await market.level(of: book).onHand == 88)
            #expect(try await market.told("order.confirmed").count == 1)
            #expect(try await market.pay(order.order.id).isPaid)
            #expect(try await market.order(order.order.id).paymentState == .paid)
            #expect(try await market.level(of: book).onHand == 88)
        }
    }

    @Test("Where a code is asked for, units are held until it is shown, and given back where it is not")
    func confirmation() async throws {
        try await withCart(CashOnDeliveryRule.Terms(isOffered: true, asksForCode: true)) { counter, book, cart, guest in
            let market = counter.market
            let order = try await counter.ordered(cart, Counter.checkout(by: .cashOnDelivery), by: guest).order.order
            #expect(order.cashConfirmation == .pending && order.confirmedAt == nil)
            #expect(order.reservationExpiresAt == order.placedAt + ReservationSettings().confirmationTime)
            let confirm = ConfirmOrder(audit: market.audit, clock: market.clock)
            let waiting = try await market.work { try await confirm(order.id, .unreachable, by: .system, in: $0) }
            #expect(waiting.cashConfirmation == .unreachable && waiting.state == .open)
            let settled = try await market.work { try await confirm(order.id, .confirmed, by: .system, in: $0) }
            #expect(settled.cashConfirmation == .confirmed && settled.confirmedAt != nil)
            #expect(try await market.level(of: book).onHand == 88)
            let again = try await market.work { try await confirm(order.id, .confirmed, by: .system, in: $0) }
            #expect(again == settled)
            let (other, owner, _) = try await counter.trolley.guest()
            try await counter.trolley.add(3, of: book, to: other, by: owner)
            let late = try await counter.ordered(other, Counter.checkout(by: .cashOnDelivery), by: owner).order.order
            market.clock.advance(by: ReservationSettings().confirmationTime + 1)
            try await market.expire(late.id)
            #expect(try await market.order(late.id).state == .expired)
            #expect(try await market.level(of: book).reserved == 0)
            let closed = try await counter.trolley.refusal {
                _ = try await market.work { try await confirm(late.id, .confirmed, by: .system, in: $0) }
            }
            #expect(closed?.type == "not-to-be-confirmed")
        }
    }

    @Test("Who does not mean it after all has the order cancelled")
    func rejection() async throws {
        try await withCart(CashOnDeliveryRule.Terms(isOffered: true, asksForCode: true)) { counter, book, cart, guest in
            let market = counter.market
            let order = try await counter.ordered(cart, Counter.checkout(by: .cashOnDelivery), by: guest).order.order
            let confirm = ConfirmOrder(audit: market.audit, clock: market.clock)
            let rejected = try await market.work { try await confirm(order.id, .rejected, by: .system, in: $0) }
            #expect(rejected.state == .cancelled && rejected.cashConfirmation == .rejected)
            #expect(try await market.level(of: book).available == 90)
        }
    }
}

private actor Mailbox {
    private(set) var text: String?

    func put(_ text: String?) { self.text = text }
}
