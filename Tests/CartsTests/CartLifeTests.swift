import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Postgres
import Testing
import Vendors

@testable import Carts

@Suite("What becomes of carts")
struct CartLifeTests {
    @Test("At sign-in a guest's cart goes into the customer's: equal variants are added up, what is gone is told")
    func merging() async throws {
        try await Trolley.open { trolley in
            let market = trolley.market
            let vendor = try await market.vendor()
            let (book, pen, ink) = (
                try await market.goods(units: 900, sku: "B", vendor: vendor),
                try await market.goods(units: 900, sku: "P", vendor: vendor),
                try await market.goods(units: 900, sku: "I", vendor: vendor)
            )
            try await market.owner.execute("UPDATE variants SET maximum_quantity = 6 WHERE id = \(book.id)")
            let customer = try await trolley.customer()
            let own = try await market.work { try await trolley.edit.make(by: customer, in: $0) }.cart.cart.id
            try await trolley.add(4, of: book, to: own, by: customer)
            try await trolley.set(book, isSaved: true, of: own, by: customer)
            let (cart, guest, token) = try await trolley.guest()
            try await trolley.add(3, of: book, to: cart, by: guest)
            try await trolley.add(2, of: pen, to: cart, by: guest)
            try await trolley.add(1, of: ink, to: cart, by: guest)
            _ = try await market.work { try await trolley.edit.add(coupon: "EID", to: cart, by: guest, in: $0) }
            let archived = try await market.goods(units: 9, sku: "A", vendor: vendor)
            try await trolley.add(of: archived, to: cart, by: guest)
            try await market.owner.execute("UPDATE products SET status = 'archived' WHERE id = \(archived.product)")
            let merged = try await market.work { try await trolley.merge(token, by: customer, in: $0) }
            #expect(merged.cart.cart.id == own && merged.cart.cart.coupons == ["EID"])
            #expect(merged.dropped == [DroppedLine(variant: archived.id, reason: .gone)])
            let read = try #require(try await trolley.read(own, by: customer))
            #expect(read == merged.cart)
            #expect(read.lines.map(\.line.variant) == [book.id, pen.id, ink.id])
            #expect(read.lines.map(\.line.quantity) == [6, 2, 1])
            let again = try await market.work { try await trolley.merge(token, by: customer, in: $0) }
            #expect(again.cart.lines.map(\.line.quantity) == [6, 2, 1] && again.dropped.isEmpty)
            let closed = try await trolley.refusal { try await trolley.add(of: pen, to: cart, by: guest) }
            #expect(closed?.type == "cart-closed")
        }
    }

    @Test("Two merges of one guest's cart at once bring its units once")
    func mergingTwice() async throws {
        try await Trolley.open { trolley in
            let market = trolley.market
            let book = try await market.goods(units: 900)
            let customer = try await trolley.customer()
            let (cart, guest, token) = try await trolley.guest()
            try await trolley.add(3, of: book, to: cart, by: guest)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask { _ = try await market.work { try await trolley.merge(token, by: customer, in: $0) } }
                }
                try await group.waitForAll()
            }
            let own = try await market.work { try await trolley.edit.make(by: customer, in: $0) }
            #expect(own.cart.lines.map(\.line.quantity) == [3])
            #expect(try await market.deadlocks() == 0)
        }
    }

    @Test("Merging a full cart or one of another currency tells what was left out")
    func mergingWhatDoesNotFit() async throws {
        try await Trolley.open { trolley in
            let market = trolley.market
            let vendor = try await market.vendor()
            let book = try await market.goods(units: 9, sku: "B", vendor: vendor)
            let rupees = try await market.product(
                of: vendor,
                NewVariant(sku: "R", kind: .physical, price: Money(minorUnits: 100, currency: .inr), weightGrams: 1)
            ).variants[0]
            let listing = try #require(
                try await CartStore().items(
                    of: ID(uuid: UUID()), besides: book.id, at: market.clock.now, in: market.client
                ).listing)
            let other = try #require(
                try await CartStore().items(
                    of: ID(uuid: UUID()), besides: rupees.id, at: market.clock.now, in: market.client
                ).listing)
            func item(_ listing: CartListing?) -> CartItem {
                CartItem(
                    line: CartLine(
                        variant: ID(uuid: UUID()), quantity: 1, price: listing?.price ?? .zero(.bdt),
                        addedAt: market.clock.now),
                    listing: listing)
            }
            var merge = CartMerge(into: (0..<199).map { _ in item(listing) })
            for listing in [listing, listing, other, nil] { merge.take(item(listing)) }
            #expect(merge.items.count == 200 && merge.changed.count == 1)
            #expect(merge.dropped.map(\.reason) == [.full, .otherCurrency, .gone])
        }
    }

    @Test("A cart that nobody changes is noticed once for each silence, an empty one never")
    func abandonment() async throws {
        try await Trolley.open { trolley in
            let market = trolley.market
            let book = try await market.goods(units: 900)
            let customer = try await trolley.customer()
            let own = try await market.work { try await trolley.edit.make(by: customer, in: $0) }.cart.cart.id
            try await trolley.add(of: book, to: own, by: customer)
            _ = try await trolley.guest()
            let find = FindAbandonedCarts(settings: trolley.settings, clock: market.clock)
            func told() async throws -> Int {
                _ = try await market.work { try await find.note(in: $0) }
                return try await market.told("cart.abandoned").count
            }
            #expect(try await told() == 0)
            market.clock.advance(by: trolley.settings.silence + 1)
            #expect(try await told() == 1)
            #expect(try await told() == 1)
            let event = try await market.told("cart.abandoned")[0]
            #expect(event["cart_id"] == .string(own.description))
            try await trolley.add(of: book, to: own, by: customer)
            #expect(try await told() == 1)
            market.clock.advance(by: trolley.settings.silence + 1)
            #expect(try await told() == 2)
        }
    }

    @Test("Carts past their time are gone for everybody, and then deleted with their lines")
    func purge() async throws {
        try await Trolley.open { trolley in
            let market = trolley.market
            let book = try await market.goods(units: 900)
            let (cart, guest, token) = try await trolley.guest()
            try await trolley.add(of: book, to: cart, by: guest)
            let purge = PurgeCarts(clock: market.clock)
            #expect(try await market.work { try await purge.delete(in: $0) } == 0)
            market.clock.advance(by: trolley.settings.lifetime + 1)
            #expect(try await trolley.read(cart, by: guest) == nil)
            #expect(try await CartStore().cart(opening: token, at: market.clock.now, in: market.client) == nil)
            let late = try await trolley.refusal { try await trolley.add(of: book, to: cart, by: guest) }
            #expect(late?.status == 404)
            #expect(
                try await market.owner.execute("DELETE FROM carts WHERE expires_at < \(market.clock.now)") == 1)
            #expect(try await market.owner.queryValue("SELECT count(*) FROM cart_lines", as: Int.self) == 0)
        }
    }
}
