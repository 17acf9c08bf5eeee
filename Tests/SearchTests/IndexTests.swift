import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Jobs
import Orders
import Postgres
import TestSupport
import Testing
import Vendors

@testable import Search

@Suite("Documents follow the catalogue")
struct IndexTests {
    @Test("An edit, a withdrawal and an erasure are told to the search, which follows")
    func products() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let product = try await market.good("Kettle", of: vendor)
            let told = try await market.client.queryValue(
                "SELECT count(*) FROM jobs WHERE kind = \(IndexProducts.Job.kind) AND queue = 'search'", as: Int.self)
            #expect(told == 1)
            try await market.bringSearchInLine()
            try await market.edit(product) { $0.title = "Teapot" }
            try await market.bringSearchInLine()
            #expect(try await market.titles("kettle").isEmpty)
            #expect(try await market.titles("teapot") == ["Teapot"])
            _ = try await market.work {
                try await ChangeProductStatus(audit: market.audit, clock: market.clock).withdraw(
                    product.id, by: .system, in: $0)
            }
            try await market.bringSearchInLine()
            #expect(try await market.titles("teapot").isEmpty)
            let left = try await market.client.queryValue(
                "SELECT (SELECT count(*) FROM search_documents) + (SELECT count(*) FROM search_prices)", as: Int.self)
            #expect(left == 0)
        }
    }

    @Test("What runs out of stock and comes back is noted however it does")
    func stock() async throws {
        try await Marketplace.open { market in
            let book = try await market.goods(units: 2)
            try await market.bringSearchInLine()
            func inStock() async throws -> Int { try await market.titles { $0.isInStock = true }.count }
            #expect(try await inStock() == 1)
            let one = try await market.place((book, 1))
            #expect(try await market.client.queryValue("SELECT count(*) FROM search_stale", as: Int.self) == 0)
            let other = try await market.place((book, 1))
            try await market.bringSearchInLine()
            #expect(try await inStock() == 0)
            try await market.cancel(one.order.id)
            try await market.bringSearchInLine()
            #expect(try await inStock() == 1)
            _ = other
        }
    }

    @Test("A sale’s begin and end change the price by the clock alone")
    func sales() async throws {
        try await Marketplace.open { market in
            let product = try await market.good("Lamp", price: 10_000, of: market.vendor())
            let now = market.clock.now
            let price = Price(
                amount: Money(minorUnits: 10_000, currency: .bdt),
                sales: [
                    SalePrice(
                        amount: Money(minorUnits: 7_000, currency: .bdt), startsAt: now + 100, endsAt: now + 200)
                ])
            _ = try await market.work {
                try await SetPrice(audit: market.audit, clock: market.clock)(
                    price, of: product.variants[0].id, by: .system, in: $0)
            }
            try await market.bringSearchInLine()
            for (step, expected) in [(0, 10_000), (150, 7_000), (100, 10_000)] as [(TimeInterval, Int64)] {
                market.clock.advance(by: step)
                try await RefreshSearch(clock: market.clock).run(in: market.queue)
                let found = try await market.search { $0.currency = .bdt }
                #expect(found.facets?.price?.lowest == expected)
            }
            let changing = try await market.client.queryValue(
                "SELECT count(*) FROM search_documents WHERE changes_at IS NOT NULL", as: Int.self)
            #expect(changing == 0)
        }
    }

    @Test("A vendor that goes on holiday or is suspended takes its goods along")
    func vendors() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            _ = try await market.good("Lamp", of: vendor)
            let now = market.clock.now
            try await market.owner.execute(
                "UPDATE vendors SET holiday_from = \(now + 100), holiday_until = \(now + 200), holiday_message = 'Eid' WHERE id = \(vendor.id)"
            )
            try await market.bringSearchInLine()
            for (step, expected) in [(0, 1), (150, 0), (100, 1)] as [(TimeInterval, Int64)] {
                market.clock.advance(by: step)
                try await RefreshSearch(clock: market.clock).run(in: market.queue)
                #expect(try await market.search("lamp").total == expected)
            }
            try await market.owner.execute("UPDATE vendors SET status = 'suspended'")
            try await market.work {
                try await MarkStaleProducts()(MarkStaleProducts.Job(vendorID: vendor.id), in: $0)
            }
            try await market.bringSearchInLine()
            #expect(try await market.search("lamp").total == 0)
        }
    }

    @Test("A category’s and an attribute’s new names reach what stands in it and has it")
    func names() async throws {
        try await Marketplace.open { market in
            let categories = ManageCategories(audit: market.audit, ids: market.ids, clock: market.clock)
            let category = try await market.work {
                try await categories.create(NewCategory(name: "Kitchen"), by: .system, in: $0)
            }
            let product = try await market.good("Lamp", of: market.vendor())
            _ = try await market.work {
                try await PlaceProduct(audit: market.audit, clock: market.clock)(
                    product.id, in: [category.id], by: .system, in: $0)
            }
            try await market.bringSearchInLine()
            _ = try await market.work { work in
                var changes = CategoryChanges()
                changes.name = "Lighting"
                return try await categories.update(category.id, changes, version: nil, by: .system, in: work)
            }
            try await market.bringSearchInLine()
            #expect(try await market.titles("lighting") == ["Lamp"])
            #expect(try await market.titles("kitchen").isEmpty)
        }
    }

    @Test("A rebuild makes what is missing, removes what is too much, and leaves alone what is right")
    func rebuild() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            for number in 0..<5 { _ = try await market.good("Lamp \(number)", of: vendor) }
            let draft = try await market.good("Candle", of: vendor)
            try await market.bringSearchInLine()
            let lamps = try await market.client.queryValues(
                "SELECT product_id FROM search_documents WHERE product_id <> \(draft.id) ORDER BY product_id",
                as: ID<Product>.self)
            try await market.owner.execute("DELETE FROM search_documents WHERE product_id = \(lamps[4])")
            try await market.owner.execute("UPDATE search_documents SET names = '' WHERE product_id = \(lamps[0])")
            try await market.owner.execute("UPDATE products SET status = 'draft' WHERE id = \(draft.id)")
            let before = try await market.client.queryValues(
                "SELECT concat(product_id, xmin) FROM search_documents ORDER BY product_id", as: String.self)
            let progress = try await RebuildSearch(clock: market.clock)(in: market.queue)
            #expect(progress.documents == 5 && progress.removed == 1)
            #expect(try await market.titles("lamp").count == 5)
            let after = try await market.client.queryValues(
                "SELECT concat(product_id, xmin) FROM search_documents ORDER BY product_id", as: String.self)
            #expect(Set(before).intersection(after).count == 3)
            #expect(
                try await market.client.queryValue(
                    "SELECT products FROM search_terms WHERE term = 'lamp'", as: Int32.self) == 5)
            #expect(
                try await market.client.queryValue(
                    "SELECT count(*) FROM search_terms WHERE term = 'candle'", as: Int.self) == 0)
        }
    }

    @Test("Many indexers of the same products at once leave what is true, and never stand in each other’s way for good")
    func together() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            var products: [Product] = []
            for number in 0..<6 { products.append(try await market.good("Lamp \(number)", of: vendor)) }
            let ids = products.map(\.id)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for turn in 0..<8 {
                    group.addTask {
                        try await market.work { work in
                            _ = try await IndexProducts(clock: market.clock)(
                                turn.isMultiple(of: 2) ? ids : ids.reversed(), in: work)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await market.titles("lamp").count == 6)
            #expect(try await market.deadlocks() == 0)
        }
    }
}
