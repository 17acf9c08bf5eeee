import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Orders
import Postgres
import Testing
import Vendors

@Suite("Placing an order")
struct PlaceOrderTests {
    @Test("An order freezes title, SKU, price and commission, holds its units and expires by a job")
    func placing() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor(commission: .percent(8))
            let key = try await market.licence(keys: 3, price: 150_000, sku: "K", vendor: vendor)
            let book = try await market.goods(units: 4, price: 20_000, sku: "B", vendor: vendor)
            let placed = try await market.place((book, 2), (key, 1))
            #expect(placed.order.status == .pendingPayment)
            #expect(placed.order.number == "H100001")
            #expect(placed.order.total == Money(minorUnits: 190_000, currency: .bdt))
            #expect(placed.order.reservationExpiresAt == market.clock.now + 600)
            try await market.owner.execute("UPDATE variants SET sku = sku || 'x'")
            try await market.owner.execute("UPDATE prices SET amount_minor = 1")
            _ = try await market.work {
                try await SetCommission(audit: market.audit, ids: market.ids, clock: market.clock)(
                    Commission(rate: .percent(0)), of: vendor.id, from: nil, by: .system, in: $0)
            }
            let details = try #require(
                try await OrderStore().details(placed.order.id, visibleTo: .everything, in: market.client))
            #expect(details.order == placed.order)
            #expect(details.lines == placed.lines)
            #expect(details.lines.map(\.sku) == ["B", "K"])
            #expect(details.lines.map(\.commissionRate) == [.percent(8), .percent(8)])
            #expect(details.lines[0].total == Money(minorUnits: 40_000, currency: .bdt))
            #expect(details.order.shippingAddress == Marketplace.dhaka)
            #expect(details.timeline.map(\.kind) == [.ordered])
            #expect(try await market.level(of: book).reserved == 2)
            let runAt = try await market.client.queryValue(
                "SELECT run_at FROM jobs WHERE kind = 'orders.expire'", as: Date.self)
            #expect(runAt == placed.order.reservationExpiresAt)
            try await market.linkAuditTrail()
            let report = try await market.audit.verify(placed.order.id.description, in: market.client)
            #expect(report.isSound && report.events == 1)
        }
    }

    @Test("Each vendor gets a part of the order with a number and a total of its own")
    func vendorOrders() async throws {
        try await Marketplace.open { market in
            let (rahim, karim) = (try await market.vendor(named: "Rahim"), try await market.vendor(named: "Karim"))
            let book = try await market.goods(units: 9, price: 20_000, sku: "B", vendor: karim)
            let key = try await market.licence(keys: 3, price: 150_000, sku: "K", vendor: rahim)
            let pen = try await market.goods(units: 9, price: 500, sku: "P", vendor: karim)
            let placed = try await market.place((book, 2), (key, 1), (pen, 3))
            let stored = try #require(
                try await OrderStore().orderWithLines(placed.order.id, visibleTo: .everything, in: market.client))
            #expect(stored == placed.details.contents)
            #expect(stored.vendorOrders.map(\.number) == ["H100001-1", "H100001-2"])
            #expect(stored.vendorOrders.map(\.vendor) == [karim.id, rahim.id])
            #expect(stored.vendorOrders.map(\.total.minorUnits) == [41_500, 150_000])
            let (first, second) = (stored.vendorOrders[0].id, stored.vendorOrders[1].id)
            #expect(stored.lines.map(\.vendorOrder) == [first, second, first])
            #expect(try await market.pay(placed.order.id).isPaid)
            try await market.deliver(placed.order.id)
            let after = try #require(
                try await OrderStore().orderWithLines(placed.order.id, visibleTo: .everything, in: market.client))
            #expect(after.vendorOrders.map(\.fulfilmentState) == [.unfulfilled, .delivered])
            #expect(after.order.fulfilmentState == .partiallyFulfilled && after.order.status == .partiallyShipped)
            #expect(after.order.state == .open)
        }
    }

    @Test("Name and telephone number of the customer are kept as given, and stand in no record or event")
    func customer() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 1)
            let placed = try await market.place(
                NewOrder(
                    email: "buyer@example.com", customerName: "Karim Uddin", phone: "+880 1712-345678",
                    lines: [NewOrder.Line(variant: key.id, quantity: 1)]))
            let order = try await market.order(placed.order.id)
            #expect(order.customer.name == "Karim Uddin")
            #expect(order.customer.phone?.rawValue == "+8801712345678")
            _ = try await market.pay(order.id)
            try await market.deliver(order.id)
            let told = try await market.client.queryValue(
                """
                SELECT count(*) FROM (SELECT payload::text FROM audit_events UNION ALL SELECT payload::text FROM events
                    UNION ALL SELECT payload::text FROM jobs UNION ALL SELECT reference FROM order_events) AS told (words)
                WHERE words ~ 'Karim|1712|buyer@|example.com'
                """, as: Int.self)
            #expect(told == 0)
        }
    }

    @Test("The access token opens its own order and is not stored")
    func accessToken() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 3)
            let one = try await market.place((key, 1))
            let two = try await market.place((key, 1))
            let token = one.accessToken.text.reveal()
            #expect(token.count == 43)
            #expect(try await market.order(one.order.id).isOpened(by: token))
            #expect(!(try await market.order(two.order.id).isOpened(by: token)))
            #expect(!one.order.isOpened(by: ""))
            let row = try await market.client.queryValue(
                "SELECT orders::text FROM orders WHERE id = \(one.order.id)", as: String.self)
            #expect(row?.contains(token) == false)
        }
    }

    @Test("All fields that are not acceptable are named at once")
    func refusal() async throws {
        try await Marketplace.open { market in
            let variant = ID<Variant>(uuid: market.ids.next())
            let problem = await #expect(throws: Problem.self) {
                try await market.place(
                    NewOrder(
                        email: "x",
                        lines: [.init(variant: variant, quantity: 0), .init(variant: variant, quantity: 1)],
                        shippingAddress: ShippingAddress(name: "", line1: "a", city: "b", country: "bd")))
            }
            #expect(
                problem?.fields.map(\.pointer) == [
                    "/email", "/lines/0/quantity", "/lines/1/variant_id", "/shipping_address/name",
                    "/shipping_address/country",
                ])
            let empty = await #expect(throws: Problem.self) {
                try await market.place(NewOrder(email: "a@b", lines: []))
            }
            #expect(empty?.fields.map(\.pointer) == ["/lines"])
            let unknown = await #expect(throws: Problem.self) {
                try await market.place(NewOrder(email: "a@b", lines: [.init(variant: variant, quantity: 1)]))
            }
            #expect(unknown?.fields.map(\.pointer) == ["/lines/0/variant_id"])
        }
    }

    @Test("Physical goods need an address, one order has one currency")
    func rules() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let book = try await market.goods(units: 1, vendor: vendor)
            let noAddress = await #expect(throws: Problem.self) { try await market.place((book, 1), address: nil) }
            #expect(noAddress?.fields.map(\.pointer) == ["/shipping_address"])
            let dollars = try await market.product(
                of: vendor, NewVariant(sku: "USD", kind: .licenceKey, price: Money(minorUnits: 1, currency: .usd)))
            let mixed = await #expect(throws: Problem.self) {
                try await market.place((book, 1), (dollars.variants[0], 1))
            }
            #expect(mixed?.fields.map(\.code) == ["mixed_currencies"])
        }
    }

    @Test("An order that comes to another total than the customer saw is refused")
    func priceChanged() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 1, price: 500)
            func new(_ total: Int64) -> NewOrder {
                NewOrder(
                    email: "a@b", lines: [.init(variant: key.id, quantity: 1)],
                    expectedTotal: Money(minorUnits: total, currency: .bdt))
            }
            let problem = await #expect(throws: Problem.self) {
                try await market.place(new(499))
            }
            #expect(problem?.type == "price-changed")
            #expect(try await market.place(new(500)).order.total.minorUnits == 500)
        }
    }

    @Test("A refused order leaves nothing behind")
    func nothingBehind() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 1)
            let refusal = await #expect(throws: InsufficientStock.self) { try await market.place((key, 2)) }
            #expect(refusal?.lines.first?.available == 1)
            #expect(try await market.jobKinds().isEmpty)
            #expect(try await market.client.queryValue("SELECT count(*) FROM orders", as: Int64.self) == 0)
            #expect(try await market.level(of: key).reserved == 0)
        }
    }

    @Test("An order that costs nothing is paid by being placed")
    func freeOrder() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 1, price: 0)
            let placed = try await market.place((key, 1))
            #expect(placed.order.status == .paid)
            #expect(try await market.level(of: key) == StockLevel(variant: key.id, onHand: 0, reserved: 0))
            try await market.deliver(placed.order.id)
            #expect(try await market.reveal(placed.order.id).count == 1)
            #expect(try await market.audit.verify(placed.order.id.description, in: market.client).isSound)
        }
    }

    @Test("Of 16 customers for 5 units exactly 5 have an order")
    func race() async throws {
        try await Marketplace.open(connections: 16) { market in
            for round in 0..<10 {
                let key = try await market.licence(keys: 5, sku: "R\(round)")
                let placed = await withTaskGroup(of: Int.self) { group in
                    for _ in 0..<16 {
                        group.addTask {
                            do {
                                _ = try await market.place((key, 1))
                                return 1
                            } catch is InsufficientStock {
                                return 0
                            } catch {
                                Issue.record(error)
                                return 0
                            }
                        }
                    }
                    return await group.reduce(0, +)
                }
                #expect(placed == 5)
            }
            #expect(try await market.audit.verifyAll(in: market.client).isSound)
        }
    }
}
