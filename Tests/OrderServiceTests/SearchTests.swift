import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Orders
import Postgres
import TestSupport
import Testing
import Vault
import Vendors

@testable import OrderService

@Suite("Finding orders") struct SearchTests {
    /// Orders as customers give them: with a name and numbers of their own.
    private static func order(
        _ variant: Variant, email: String = "buyer@example.com", name: String? = nil, phone: String? = nil,
        recipient: String = "Karim Uddin", delivery: String? = nil
    ) -> NewOrder {
        NewOrder(
            email: email, customerName: name, phone: phone, lines: [NewOrder.Line(variant: variant.id, quantity: 1)],
            shippingAddress: ShippingAddress(
                name: recipient, line1: "12 Lake Road", city: "Dhaka", country: "BD", phone: delivery))
    }

    @Test("An order is found by whatever its buyer has of it, and by nothing of another's")
    func everyKind() async throws {
        try await Marketplace.open { market in
            let book = try await market.goods(units: 10)
            let own = try await market.place(
                Self.order(
                    book, email: "Ayesha.Khan@example.com", name: "Ayesha খান", phone: "+8801712345678",
                    recipient: "Nusrat Jahan", delivery: "01812-345678")
            ).order
            let other = try await market.place(
                Self.order(
                    book, email: "rahul@example.com", name: "Rahul Sharma", phone: "+919812345678",
                    recipient: "Priya Sharma", delivery: "9198123456")
            ).order
            for (text, match) in [
                (own.number, OrderMatch.number), (own.number + "-1", .number), ("\(own.number.dropFirst())", .number),
                (own.id.description, .id), ("ayesha.khan@EXAMPLE.com", .email), ("01712 345678", .phone),
                ("০১৭১২৩৪৫৬৭৮", .phone), ("+8801812345678", .phone), ("ayesha", .name), ("খান", .name),
                ("jahan nusrat", .name), ("NUSRAT", .name),
            ] {
                let found = try await market.found(text)
                #expect(found.map(\.order.id) == [own.id], "\(text)")
                #expect(found.first?.matches == [match], "\(text)")
            }
            #expect(try await market.found("sharma").map(\.order.id) == [other.id])
            for text in [
                "H1", own.number + "-2", "nobody@example.com", "01999999999", "Zubaida", "%%%", "___", "ord\\%",
            ] {
                #expect(try await market.found(text).isEmpty, "\(text)")
            }
        }
    }

    @Test("A gateway's references of a payment, its checkout, a refund and a dispute find their order")
    func references() async throws {
        try await Marketplace.open { market in
            let order = try await market.place((try await market.goods(units: 1), 1)).order
            try await market.owner.execute(
                """
                INSERT INTO payments (id, order_id, demand_id, gateway, merchant_account, state, amount_minor, currency, settlement,
                    session_reference, reference, success_url, cancel_url, session_expires_at, created_at, updated_at, captured_at)
                SELECT id, order_id, id, 'stripe', 'test', 'captured', amount_minor, currency, 'order', 'cs_test_1', 'pi_12345',
                    '', '', now(), now(), now(), now() FROM payment_demands WHERE order_id = \(order.id)
                """)
            try await market.owner.execute(
                """
                INSERT INTO refunds (id, payment_id, order_id, origin, reason, amount_minor, currency, reference, created_at, updated_at)
                SELECT id, id, order_id, 'operator', 'x', 1, currency, 're_12345', now(), now() FROM payments
                """)
            try await market.owner.execute(
                """
                INSERT INTO disputes (id, payment_id, order_id, reference, amount_minor, currency, status, stated_at, report,
                    created_at, updated_at)
                SELECT id, id, order_id, 'du_12345', 1, currency, 'won', now(), '{}', now(), now() FROM payments
                """)
            for text in ["pi_12345", "cs_test_1", "re_12345", "du_12345"] {
                let found = try await market.found(text)
                #expect(found.map(\.order.id) == [order.id] && found.first?.matches == [.paymentReference], "\(text)")
            }
            let payment = try await market.client.queryValue("SELECT id FROM payments", as: UUID.self)
            let id = TypeID.encode(prefix: "pay", uuid: try #require(payment))
            #expect(try await market.found(id).map(\.order.id) == [order.id])
            #expect(try await market.found("pi_123456").isEmpty)
        }
    }

    @Test(
        "A licence key finds the order that it was sold with, however it is written; one that was not sold finds none")
    func keys() async throws {
        try await Marketplace.open { market in
            let sold = try await market.licence(keys: 1, sku: "SOLD")
            let other = try await market.licence(keys: 2, sku: "OTHER")
            let order = try await market.place((sold, 1)).order
            _ = try await market.pay(order.id)
            try await market.deliver(order.id)
            for text in ["SOLD-KEY-0", " SOLD-KEY-0 "] {
                let found = try await market.found(text)
                #expect(found.map(\.order.id) == [order.id] && found.first?.matches == [.licenceKey], "\(text)")
                #expect(try await market.found(text, soldBy: sold.vendor).count == 1)
                #expect(try await market.found(text, soldBy: other.vendor).isEmpty)
            }
            #expect(try await market.found("OTHER-KEY-0").isEmpty)
            #expect(try await market.parts("SOLD-KEY-0", of: sold.vendor).count == 1)
            #expect(try await market.parts("SOLD-KEY-0", of: other.vendor).isEmpty)
        }
    }

    @Test("A vendor finds its own parts by their numbers alone, and nothing by what it may not know")
    func vendors() async throws {
        try await Marketplace.open { market in
            let (first, second) = (
                try await market.goods(units: 5), try await market.goods(units: 5, sku: "BOOK-2")
            )
            let new = NewOrder(
                email: "ayesha@example.com", customerName: "Ayesha", phone: "+8801712345678",
                lines: [first, second].map { NewOrder.Line(variant: $0.id, quantity: 1) },
                shippingAddress: Marketplace.dhaka)
            let placed = try await market.place(new)
            let parts = placed.details.contents.vendorOrders
            for (text, index) in [(placed.order.number, 0), (placed.order.number + "-1", 0), (placed.order.number, 1)] {
                let vendor = index == 0 ? first.vendor : second.vendor
                #expect(try await market.parts(text, of: vendor).map(\.part.id) == [parts[index].id], "\(text)")
            }
            #expect(try await market.parts(placed.order.number + "-2", of: first.vendor).isEmpty)
            for text in ["ayesha@example.com", "01712345678", "Ayesha", "Karim"] {
                #expect(try await market.parts(text, of: first.vendor).isEmpty, "\(text)")
                let asVendor = try await market.search.orders(
                    by: text, visibleTo: .vendor(first.vendor.uuid), in: market.client)
                #expect(asVendor.items.isEmpty, "\(text)")
            }
        }
    }

    @Test("A customer finds only their own orders")
    func customers() async throws {
        try await Marketplace.open { market in
            let book = try await market.goods(units: 5)
            let (own, foreign) = (try await market.place((book, 1)).order, try await market.place((book, 1)).order)
            let customer = UUID()
            try await market.owner.execute("UPDATE orders SET customer_id = \(customer) WHERE id = \(own.id)")
            for text in ["buyer@example.com", "Karim", own.number] {
                let found = try await market.search.orders(by: text, visibleTo: .customer(customer), in: market.client)
                #expect(found.items.map(\.order.id) == [own.id], "\(text)")
            }
            let found = try await market.search.orders(
                by: foreign.number, visibleTo: .customer(customer), in: market.client)
            #expect(found.items.isEmpty)
        }
    }

    @Test("The newest fifty are told of, and that there are more")
    func bounded() async throws {
        try await Marketplace.open { market in
            try await market.owner.withConnection(unlimited: true) {
                try await $0.runScript(LargeMarketplace.orders(120, named: "'Karim Uddin'"))
            }
            for text in ["user@example.com", "karim"] {
                let found = try await market.search.orders(by: text, visibleTo: .everything, in: market.client)
                #expect(found.items.count == SearchOrders.limit && found.isCut, "\(text)")
                let ids = found.items.map(\.order.id)
                #expect(ids == ids.sorted(by: >), "\(text)")
                let newest = try await market.client.queryValue(
                    "SELECT id FROM orders ORDER BY id DESC LIMIT 1", as: ID<Order>.self)
                #expect(ids.first == newest)
            }
        }
    }
}

extension Marketplace {
    var search: SearchOrders { SearchOrders(keys: FindLicenceKey(vault: vault)) }

    func found(_ text: String, soldBy vendor: ID<Vendor>? = nil) async throws -> [FoundOrder] {
        try await search.orders(by: text, soldBy: vendor, visibleTo: .everything, in: client).items
    }

    func parts(_ text: String, of vendor: ID<Vendor>) async throws -> [ListedVendorOrder] {
        try await search.vendorOrders(by: text, visibleTo: .vendor(vendor.uuid), in: client).items
    }
}

/// Orders by the thousand, without what belongs to them.
enum LargeMarketplace {
    /// - Parameter name: SQL for the recipient's name; `n` counts.
    static func orders(_ count: Int, named name: String) -> String {
        """
        SET statement_timeout = 0;
        ALTER TABLE orders DISABLE TRIGGER order_totals_are_sums;
        INSERT INTO orders (id, state, fulfilment_state, captured_minor, email, phone, currency, total_minor, shipping_address,
            access_token_hash, reservation_expires_at, placed_at, paid_at, delivered_at, closed_at)
        SELECT overlay(uuid7_floor(now())::text placing lpad(to_hex(n), 12, '0') from 25)::uuid, 'completed', 'delivered', 1,
            CASE WHEN \(count) > 1000 THEN 'user' || n || '@example.com' ELSE 'user@example.com' END,
            '+88017' || lpad(n::text, 8, '0'), 'BDT', 1,
            jsonb_build_object('name', \(name), 'line1', 'x', 'city', 'Dhaka', 'country', 'BD', 'phone', '018' || lpad(n::text, 8, '0')),
            decode(repeat('00', 32), 'hex'), now(), now(), now(), now(), now()
        FROM generate_series(1, \(count)) AS n;
        ANALYZE orders;
        """
    }
}
