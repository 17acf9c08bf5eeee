import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Postgres
import TestSupport
import Testing
import Vendors

@testable import Pricing

@Suite("What prices depend on") struct PricingStoreTests {
    @Test("A variant comes with its place in the catalogue, and its vendor with what it sells under")
    func subjects() async throws {
        try await Marketplace.open { market in
            let goods = try await market.goods(units: 5)
            let store = PricingStore()
            let plain = try await store.subjects(for: [goods.id], at: market.clock.now, in: market.client)
            let subject = try #require(plain.subjects[goods.id])
            #expect(subject.listPrice == PricePerUnit(Money(minorUnits: 50_000, currency: .bdt)))
            #expect(subject.categories.isEmpty && subject.taxClass == nil)
            #expect(plain.vendors[goods.vendor]?.kind == .unregistered)
            #expect(plain.vendors[goods.vendor]?.country == nil)

            let (parent, child) = (market.ids.next(), market.ids.next())
            try await market.owner.withTransaction { transaction in
                for (id, path, slug) in [(parent, [parent], "parent"), (child, [parent, child], "child")] {
                    try await transaction.execute(
                        """
                        INSERT INTO categories (id, parent_id, path, slug, name, created_at, updated_at)
                        VALUES (\(id), \(path.count == 1 ? nil : parent), \(path), \(slug), \(slug), now(), now())
                        """)
                    try await transaction.execute(
                        "INSERT INTO category_slugs (slug, category_id) VALUES (\(slug), \(id))")
                }
                try await transaction.execute(
                    "INSERT INTO product_categories (product_id, category_id, position) VALUES (\(goods.product), \(child), 1)"
                )
                try await transaction.execute(
                    "UPDATE products SET hsn = '610910', tax_class = 'bd_standard' WHERE id = \(goods.product)")
            }
            _ = try await market.location(of: goods.vendor)
            let registration = market.ids.next()
            try await market.owner.execute(
                """
                INSERT INTO vendor_registrations (id, vendor_id, kind, number, legal_name, status, created_at, verified_at)
                VALUES (\(registration), \(goods.vendor), 'bin', '0001234560101', 'Rahim', 'verified', now(), now())
                """)
            let told = try await store.subjects(for: [goods.id], at: market.clock.now, in: market.client)
            #expect(Set(told.subjects[goods.id]?.categories.map(\.uuid) ?? []) == [parent, child])
            #expect(told.subjects[goods.id]?.hsn == "610910")
            let standing = try #require(told.vendors[goods.vendor])
            #expect(standing.kind == .regular && standing.country == "BD" && standing.region == "BD-13")
            #expect(standing.registration?.uuid == registration && standing.crossesRegions)
        }
    }

    @Test("A composition dealer of a State sells within it, an unregistered one as well")
    func bound() async throws {
        try await Marketplace.open { market in
            let goods = try await market.goods(units: 5)
            try await market.owner.execute(
                """
                INSERT INTO pickup_locations (id, vendor_id, name, phone, address, created_at)
                VALUES (\(market.ids.next()), \(goods.vendor), 'Store', '+919876543210', '{"country": "IN", "state": "27"}', now())
                """)
            func standing() async throws -> TaxStanding? {
                try await PricingStore().subjects(for: [goods.id], at: market.clock.now, in: market.client).vendors[
                    goods.vendor]
            }
            #expect(try await standing()?.crossesRegions == false)
            #expect(try await standing()?.region == "27")
            try await market.owner.execute(
                """
                INSERT INTO vendor_registrations (id, vendor_id, kind, number, region, legal_name, status, created_at, verified_at)
                VALUES (\(market.ids.next()), \(goods.vendor), 'gst_composition', '27ABCPE1234F1ZB', '27', 'Rahim', 'verified',
                    now(), now())
                """)
            #expect(try await standing()?.kind == .composition)
            #expect(try await standing()?.crossesRegions == false)
            // Another State's is no good there.
            try await market.owner.execute("UPDATE vendor_registrations SET region = '24'")
            #expect(try await standing()?.kind == .unregistered)
        }
    }

    @Test("A group's price list counts for who is in the group, from a quantity on")
    func priceLists() async throws {
        try await Marketplace.open { market in
            let goods = try await market.goods(units: 5)
            let account = market.ids.next()
            try await market.owner.withTransaction { transaction in
                try await transaction.execute(
                    """
                    INSERT INTO accounts (id, email, locale, created_at, updated_at)
                    VALUES (\(account), 'a@example.com', 'en', now(), now())
                    """)
                try await transaction.execute(
                    "INSERT INTO customer_groups (code, name, created_at) VALUES ('resellers', 'Resellers', now())")
                try await transaction.execute(
                    """
                    INSERT INTO customer_group_members (customer_group, account_id, added_at) VALUES ('resellers', \(account), now())
                    """)
                for (priority, amount) in [(1, 45_000), (0, 1)] as [(Int32, Int64)] {
                    let list = market.ids.next()
                    try await transaction.execute(
                        """
                        INSERT INTO price_lists (id, name, customer_group, currency, includes_tax, priority, created_at, updated_at)
                        VALUES (\(list), 'L', 'resellers', 'BDT', false, \(priority), now(), now())
                        """)
                    for (quantity, off) in [(1, 0), (10, 5_000)] as [(Int64, Int64)] {
                        try await transaction.execute(
                            """
                            INSERT INTO price_list_prices (price_list_id, variant_id, minimum_quantity, amount_minor)
                            VALUES (\(list), \(goods.id), \(quantity), \(max(amount - off, 0)))
                            """)
                    }
                }
            }
            let customer = try await PricingStore().customer(
                account: account, keys: [CustomerKey(account: account)], isFirstOrder: true, in: market.client)
            #expect(customer.groups == ["resellers"])
            let found = try await PricingStore().subjects(
                for: [goods.id], groups: customer.groups, at: market.clock.now, in: market.client)
            let subject = try #require(found.subjects[goods.id])
            #expect(
                subject.unitPrice(for: 9)
                    == PricePerUnit(Money(minorUnits: 45_000, currency: .bdt), includesTax: false))
            #expect(subject.unitPrice(for: 10).amount.minorUnits == 40_000)
            let others = try await PricingStore().subjects(for: [goods.id], at: market.clock.now, in: market.client)
            #expect(others.subjects[goods.id]?.unitPrice(for: 10).amount.minorUnits == 50_000)
        }
    }
}
