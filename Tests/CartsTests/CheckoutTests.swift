import Addresses
import Carts
import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Orders
import Postgres
import Pricing
import Registrations
import Shipping
import Testing
import Vendors

@Suite("Checkout")
struct CheckoutTests {
    @Test("What a quote says is what the order comes to, with the way and the days that were promised and the notes")
    func quoteAndOrder() async throws {
        try await Counter.open { counter in
            let (market, trolley) = (counter.market, counter.trolley)
            let (rahim, karim) = (try await market.vendor(named: "Rahim"), try await market.vendor(named: "Karim"))
            let book = try await market.goods(units: 9, price: 20_000, sku: "B", vendor: karim)
            let pen = try await market.goods(units: 9, price: 500, sku: "P", vendor: rahim)
            let key = try await market.licence(keys: 3, price: 150_000, sku: "K", vendor: rahim)
            let common = try await counter.ship(
                ShippingTerms(
                    name: "Standard",
                    charge: ShippingCharge(
                        currency: .bdt, basis: .subtotal,
                        bands: [.init(bound: 0, amount: 6_000), .init(bound: 99_900, amount: 0)]),
                    promise: DeliveryPromise(earliest: 2, latest: 5)))
            let own = try await counter.ship(Counter.flat(2_500), of: karim.id)
            let (cart, guest, _) = try await trolley.guest()
            try await trolley.add(2, of: book, to: cart, by: guest)
            try await trolley.add(3, of: pen, to: cart, by: guest)
            try await trolley.add(1, of: key, to: cart, by: guest)
            let note = CartNote(vendor: karim.id, note: "Ring twice", giftMessage: "For you")
            _ = try await market.work { try await trolley.edit.note(note, on: cart, by: guest, in: $0) }
            let bare = try await counter.quoted(cart, CartCheckout(), by: guest).order
            #expect(bare.total == Money(minorUnits: 191_500, currency: .bdt))
            #expect(bare.shipments.map(\.offer) == [nil, nil])
            let quote = try await counter.quoted(cart, by: guest).order
            #expect(quote.total == Money(minorUnits: 200_000, currency: .bdt))
            #expect(quote.shipments.map(\.vendor) == [karim.id, rahim.id])
            #expect(quote.shipments.map { $0.chosen?.method } == [own, common])
            let choice = ShippingChoice(vendor: karim.id, method: common)
            let wrong = try await trolley.refusal {
                _ = try await counter.quoted(cart, Counter.checkout(shipping: [choice]), by: guest)
            }
            #expect(wrong?.fields.map(\.pointer) == ["/shipping/0/method_id"])
            let stale = try await trolley.refusal {
                _ = try await counter.ordered(cart, Counter.checkout(expecting: 199_999), by: guest)
            }
            #expect(stale?.type == "price-changed" && stale?.extensions["total_minor"] == 200_000)
            let ordered = try await counter.ordered(cart, Counter.checkout(expecting: 200_000), by: guest)
            let order = ordered.order
            #expect(order.order.total == quote.total && order.order.customer.phone?.rawValue == "+8801712345678")
            #expect(order.contents.vendorOrders.map(\.total.minorUnits) == [42_500, 157_500])
            #expect(order.contents.vendorOrders[0].delivery.promise == DeliveryPromise(earliest: 1, latest: 3))
            #expect(order.contents.vendorOrders[0].delivery.note == "Ring twice")
            #expect(order.contents.vendorOrders[1].delivery.method == common)
            #expect(order.contents.adjustments.map(\.source) == ["shipping:\(own)", "shipping:\(common)"])
            #expect(order.contents.adjustments.map(\.bearer) == [.vendor, .marketplace])
            let address = try #require(order.order.shippingAddress)
            #expect(address.region == "Dhaka" && address.regionCode == "BD-13" && address.city == "Gulshan")
            #expect(address.landmark == "Beside the mosque")
            let stored = try #require(
                try await OrderStore().details(order.order.id, visibleTo: .everything, in: market.client))
            #expect(stored.contents == order.contents && stored.demands == order.demands)
            #expect(try await market.level(of: book).reserved == 2)
            let closed = try #require(try await trolley.read(cart, by: guest))
            #expect(closed.cart.state == .ordered && closed.cart.order == order.order.id.uuid)
        }
    }

    @Test("The same cart ordered six times at once is one order, and whoever asks again gets that one with its token")
    func once() async throws {
        try await Counter.open(connections: 12) { counter in
            let (market, trolley) = (counter.market, counter.trolley)
            let book = try await market.goods(units: 9)
            let (cart, guest, _) = try await trolley.guest()
            try await trolley.add(2, of: book, to: cart, by: guest)
            let ordered = try await withThrowingTaskGroup { group in
                for _ in 0..<6 { group.addTask { try await counter.ordered(cart, by: guest) } }
                return try await group.reduce(into: [OrderedCart]()) { $0.append($1) }
            }
            let first = ordered[0]
            #expect(Set(ordered.map(\.order.order.id)).count == 1)
            #expect(Set(ordered.map { $0.accessToken?.text.reveal() }).count == 1)
            #expect(first.order.order.isOpened(by: try #require(first.accessToken).text.reveal()))
            #expect(try await market.level(of: book).reserved == 2)
            #expect(try await market.owner.queryValue("SELECT count(*) FROM orders", as: Int.self) == 1)
            let again = try await counter.ordered(cart, Counter.checkout(expecting: 1), by: guest)
            #expect(again.order.order == first.order.order)
            #expect(again.accessToken?.text.reveal() == first.accessToken?.text.reveal())
            let added = try await trolley.refusal { try await trolley.add(of: book, to: cart, by: guest) }
            #expect(added?.type == "cart-closed")
        }
    }

    @Test("What can't be ordered is refused with its reason, and the cart stays as it was")
    func refusals() async throws {
        try await Counter.open { counter in
            let (market, trolley) = (counter.market, counter.trolley)
            let vendor = try await market.vendor()
            let book = try await market.goods(units: 2, sku: "B", vendor: vendor)
            let (cart, guest, _) = try await trolley.guest()
            let empty = try await trolley.refusal { _ = try await counter.ordered(cart, by: guest) }
            #expect(empty?.type == "cart-not-orderable")
            try await trolley.add(3, of: book, to: cart, by: guest)
            let short = try await trolley.refusal { _ = try await counter.ordered(cart, by: guest) }
            #expect(short?.type == "insufficient-stock")
            #expect(short?.extensions["lines"]?[0]?["available"] == 2)
            try await trolley.set(book, quantity: 2, of: cart, by: guest)
            let unknown = NewDeliveryAddress(
                recipient: NewRecipient(name: "K", phone: "12"),
                place: NewPlace(
                    market: .bangladesh, address: NewPostalAddress(line1: "1", upazila: "G", district: "Atlantis")))
            let address = try await trolley.refusal {
                _ = try await counter.ordered(cart, Counter.checkout(to: unknown), by: guest)
            }
            #expect(address?.fields.map(\.pointer) == ["/delivery/phone", "/delivery/address/district"])
            let nowhere = try await trolley.refusal {
                _ = try await counter.ordered(cart, CartCheckout(email: "karim@example.com"), by: guest)
            }
            #expect(nowhere?.fields.map(\.pointer) == ["/shipping_address"])
            try await counter.ship(Counter.flat(1), to: ShippingArea(country: "BD", region: "BD-10"))
            let far = try await trolley.refusal { _ = try await counter.ordered(cart, by: guest) }
            #expect(far?.type == "not-deliverable")
            #expect(try await counter.quoted(cart, by: guest).order.undeliverable == [vendor.id])
            let foreign = try await trolley.refusal {
                _ = try await counter.ordered(cart, by: try await trolley.guest().guest)
            }
            #expect(foreign?.status == 404)
            #expect(try #require(try await trolley.read(cart, by: guest)).canBeOrdered)
            #expect(try await market.level(of: book).reserved == 0)
        }
    }

    @Test("A coupon's last use goes to one of two carts at once; the discount stands in its order")
    func coupons() async throws {
        try await Counter.open { counter in
            let (market, trolley) = (counter.market, counter.trolley)
            let book = try await market.goods(units: 90, price: 10_000)
            try await counter.coupon("TENTH", uses: 1)
            let carts = try await [trolley.guest(), trolley.guest()]
            for (cart, guest, _) in carts {
                try await trolley.add(2, of: book, to: cart, by: guest)
                _ = try await market.work { try await trolley.edit.add(coupon: "tenth", to: cart, by: guest, in: $0) }
                #expect(try await counter.quoted(cart, by: guest).order.total.minorUnits == 18_000)
            }
            let outcomes = try await withThrowingTaskGroup { group in
                for (cart, guest, _) in carts {
                    group.addTask {
                        try await trolley.refusal {
                            _ = try await counter.ordered(cart, Counter.checkout(expecting: 18_000), by: guest)
                        }?.type ?? "ordered"
                    }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == "ordered" }.count == 1)
            #expect(outcomes.contains { ["promotion-exhausted", "price-changed"].contains($0) })
            #expect(try await market.level(of: book).reserved == 2)
            let order = try #require(
                try await market.client.queryValue("SELECT id FROM orders", as: ID<Order>.self))
            let details = try #require(try await OrderStore().details(order, visibleTo: .everything, in: market.client))
            #expect(details.contents.adjustments.filter { $0.kind == .discount }.map(\.amount.minorUnits) == [-2_000])
            try await market.cancel(order)
            let other = try #require(
                try await carts.asyncFirst(where: { try await trolley.read($0.cart, by: $0.guest)?.cart.state == .open }
                ))
            let later = try await counter.ordered(other.cart, Counter.checkout(expecting: 18_000), by: other.guest)
            #expect(later.order.order.total.minorUnits == 18_000)
        }
    }
}

extension Sequence {
    fileprivate func asyncFirst(where condition: (Element) async throws -> Bool) async throws -> Element? {
        for element in self where try await condition(element) { return element }
        return nil
    }
}
