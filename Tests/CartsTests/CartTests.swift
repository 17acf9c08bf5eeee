import Carts
import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Postgres
import Testing
import Vendors

@Suite("Carts")
struct CartTests {
    @Test("What is added is grouped by vendor at the price of now; the token opens its own cart and is not stored")
    func filling() async throws {
        try await Trolley.open { trolley in
            let market = trolley.market
            let (rahim, karim) = (try await market.vendor(named: "Rahim"), try await market.vendor(named: "Karim"))
            let book = try await market.goods(units: 9, price: 20_000, sku: "B", vendor: karim)
            let key = try await market.licence(keys: 3, price: 150_000, sku: "K", vendor: rahim)
            let pen = try await market.goods(units: 9, price: 500, sku: "P", vendor: karim)
            let (cart, guest, token) = try await trolley.guest()
            try await trolley.add(2, of: book, to: cart, by: guest)
            try await trolley.add(of: key, to: cart, by: guest)
            let added = try await trolley.add(3, of: pen, to: cart, by: guest)
            let read = try #require(try await trolley.read(cart, by: guest))
            #expect(read == added)
            #expect(read.groups.map(\.vendorName) == ["Karim", "Rahim"])
            #expect(read.groups.map { $0.lines.map(\.line.quantity) } == [[2, 3], [1]])
            #expect(read.subtotal == Money(minorUnits: 191_500, currency: .bdt))
            #expect(read.canBeOrdered && read.cart.version == 4)
            let opened = try await CartStore().cart(opening: token, at: market.clock.now, in: market.client)
            #expect(opened?.id == cart)
            let row = try await market.owner.queryValue("SELECT carts::text FROM carts", as: String.self)
            #expect(row?.contains(token.string.dropFirst(3)) == false)
            let other = try await trolley.guest()
            #expect(try await trolley.read(cart, by: other.guest) == nil)
            let foreign = try await trolley.refusal { try await trolley.add(of: book, to: cart, by: other.guest) }
            #expect(foreign?.status == 404)
        }
    }

    @Test("Each line says what has become of it, and only a change of price keeps nobody from ordering")
    func review() async throws {
        try await Trolley.open { trolley in
            let market = trolley.market
            let vendors = try await (0..<4).asyncMap { try await market.vendor(named: "V\($0)") }
            let goods = try await vendors.asyncMap { try await market.goods(units: 9, sku: "B", vendor: $0) }
            let (cart, guest, _) = try await trolley.guest()
            for variant in goods { try await trolley.add(5, of: variant, to: cart, by: guest) }
            _ = try await market.adjust(goods[0], StockAdjustment(.by(-7), reason: .damaged))
            try await market.owner.execute("UPDATE prices SET amount_minor = 60000 WHERE variant_id = \(goods[1].id)")
            try await market.owner.execute("UPDATE variants SET maximum_quantity = 4 WHERE id = \(goods[1].id)")
            let back = market.clock.now + 86_400
            try await market.owner.execute(
                """
                UPDATE vendors SET holiday_from = \(market.clock.now - 10), holiday_until = \(back), holiday_message = ''
                WHERE id = \(vendors[2].id)
                """)
            try await market.owner.execute("UPDATE products SET status = 'archived' WHERE id = \(goods[3].product)")
            let read = try #require(try await trolley.read(cart, by: guest))
            #expect(
                read.lines.map(\.problems) == [
                    [.insufficientStock(available: 2)],
                    [.aboveMaximum(4), .priceChanged(from: Money(minorUnits: 50_000, currency: .bdt))],
                    [.vendorOnHoliday(until: back)],
                ])
            #expect(read.gone.map(\.line.variant) == [goods[3].id] && read.gone.map(\.problems) == [[.gone]])
            #expect(!read.canBeOrdered)
            try await market.owner.execute(
                "UPDATE variants SET minimum_quantity = 7, maximum_quantity = NULL WHERE id = \(goods[1].id)")
            let below = try #require(try await trolley.read(cart, by: guest))
            #expect(below.lines[1].problems.first == .belowMinimum(7))
            try await trolley.set(goods[1], quantity: 7, of: cart, by: guest)
            let taken = try #require(try await trolley.read(cart, by: guest))
            #expect(taken.lines[1].problems.isEmpty)
            try await market.owner.execute("UPDATE prices SET amount_minor = 61000 WHERE variant_id = \(goods[1].id)")
            let dearer = try #require(try await trolley.read(cart, by: guest)).lines[1]
            #expect(dearer.isOrderable && dearer.problems.map(\.code) == ["price_changed"])
            #expect(dearer.total == Money(minorUnits: 427_000, currency: .bdt))
        }
    }

    @Test("One currency to a cart: another one is refused, or waits as saved for later")
    func currencies() async throws {
        try await Trolley.open { trolley in
            let market = trolley.market
            let vendor = try await market.vendor()
            let taka = try await market.goods(units: 9, sku: "T", vendor: vendor)
            let rupees = try await market.product(
                of: vendor,
                NewVariant(
                    sku: "R", kind: .physical, price: Money(minorUnits: 100, currency: .inr), weightGrams: 1)
            ).variants[0]
            let (cart, guest, _) = try await trolley.guest()
            try await trolley.add(of: taka, to: cart, by: guest)
            let refusal = try await trolley.refusal { try await trolley.add(of: rupees, to: cart, by: guest) }
            #expect(refusal?.type == "mixed-currencies" && refusal?.extensions["cart_currency"] == "BDT")
            let saved = try await trolley.set(taka, isSaved: true, of: cart, by: guest)
            #expect(saved.groups.isEmpty && saved.saved.map(\.line.variant) == [taka.id])
            try await trolley.add(of: rupees, to: cart, by: guest)
            let back = try await trolley.refusal { try await trolley.set(taka, isSaved: false, of: cart, by: guest) }
            #expect(back?.type == "mixed-currencies")
            let removed = try await market.work {
                try await trolley.edit.remove(rupees.id, from: cart, by: guest, in: $0)
            }
            #expect(removed.groups.isEmpty)
            let again = try await trolley.set(taka, isSaved: false, of: cart, by: guest)
            #expect(again.currency == .bdt && again.saved.isEmpty)
        }
    }

    @Test("Twenty additions at once all count; of two edits from one version the second is refused")
    func concurrency() async throws {
        try await Trolley.open(connections: 16) { trolley in
            let market = trolley.market
            let vendor = try await market.vendor()
            let (book, pen) = (
                try await market.goods(units: 900, sku: "B", vendor: vendor),
                try await market.goods(units: 900, sku: "P", vendor: vendor)
            )
            let (cart, guest, _) = try await trolley.guest()
            try await withThrowingTaskGroup { group in
                for number in 0..<20 {
                    group.addTask {
                        try await trolley.add(2, of: number.isMultiple(of: 2) ? book : pen, to: cart, by: guest)
                    }
                }
                try await group.waitForAll()
            }
            let read = try #require(try await trolley.read(cart, by: guest))
            #expect(read.lines.map(\.line.quantity) == [20, 20] && read.cart.version == 21)
            let outcomes = await withTaskGroup { group in
                for quantity in [3, 4] as [Int64] {
                    group.addTask {
                        try? await trolley.refusal {
                            try await trolley.set(book, quantity: quantity, of: cart, version: 21, by: guest)
                        }?.type ?? "done"
                    }
                }
                return await group.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(Set(outcomes) == ["done", "version-mismatch"])
        }
    }

    @Test("Lines, units, coupons and notes have limits, and what is not for sale is not taken")
    func limits() async throws {
        try await Trolley.open { trolley in
            let market = trolley.market
            let book = try await market.goods(units: 9)
            let (cart, guest, _) = try await trolley.guest()
            try await trolley.add(999, of: book, to: cart, by: guest)
            let units = try await trolley.refusal { try await trolley.add(2, of: book, to: cart, by: guest) }
            #expect(units?.fields.map(\.code) == ["maximum"])
            let unknown = try await trolley.refusal {
                _ = try await market.work {
                    try await trolley.edit.add(1, of: ID(uuid: UUID()), to: cart, by: guest, in: $0)
                }
            }
            #expect(unknown?.fields.map(\.code) == ["not_for_sale"])
            try await market.owner.execute(
                """
                INSERT INTO cart_lines (cart_id, variant_id, quantity, unit_price_minor, currency, added_at)
                SELECT \(cart), gen_random_uuid(), 1, 1, 'BDT', now() FROM generate_series(1, 199)
                """)
            let pen = try await market.goods(units: 9, sku: "PEN")
            let full = try await trolley.refusal { try await trolley.add(of: pen, to: cart, by: guest) }
            #expect(full?.fields.map(\.code) == ["too_many"])
            for number in 0..<10 {
                _ = try await market.work {
                    try await trolley.edit.add(coupon: "EID-\(number)", to: cart, by: guest, in: $0)
                }
            }
            let more = try await trolley.refusal {
                _ = try await market.work { try await trolley.edit.add(coupon: "X", to: cart, by: guest, in: $0) }
            }
            #expect(more?.fields.map(\.code) == ["too_many"])
            let same = try await market.work {
                try await trolley.edit.add(coupon: "eid-3", to: cart, by: guest, in: $0)
            }
            #expect(same.cart.coupons.count == 10 && same.cart.coupons.last == "eid-3")
            let note = CartNote(vendor: book.vendor, note: "Ring twice", giftMessage: "ঈদ মোবারক")
            let noted = try await market.work { try await trolley.edit.note(note, on: cart, by: guest, in: $0) }
            #expect(noted.groups[0].note == note)
            #expect(try #require(try await trolley.read(cart, by: guest)).groups[0].note == note)
            let cleared = try await market.work {
                try await trolley.edit.note(CartNote(vendor: book.vendor), on: cart, by: guest, in: $0)
            }
            #expect(cleared.cart.notes.isEmpty)
        }
    }

    @Test("A customer has one open cart, however often and at once they ask for one")
    func oneOpenCart() async throws {
        try await Trolley.open { trolley in
            let customer = try await trolley.customer()
            let made = try await withThrowingTaskGroup { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await trolley.market.work { try await trolley.edit.make(by: customer, in: $0) }
                    }
                }
                return try await group.reduce(into: [MadeCart]()) { $0.append($1) }
            }
            #expect(Set(made.map(\.cart.cart.id)).count == 1)
            #expect(made.allSatisfy { $0.token == nil })
        }
    }
}

extension Sequence where Element: Sendable {
    /// What an operation makes of each, one after the other.
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
