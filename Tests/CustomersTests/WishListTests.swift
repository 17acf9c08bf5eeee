import Catalog
import CommerceTestSupport
import Core
import Customers
import Foundation
import Identity
import Postgres
import Testing

@Suite("Wish lists")
struct WishListTests {
    private func add(_ thing: WishedThing, by principal: Principal, _ patrons: Patrons) async throws -> WishListEntry {
        try await patrons.market.work { try await patrons.wishes.add(thing, by: principal, in: $0) }
    }

    private func list(of principal: Principal, _ patrons: Patrons) async throws -> [WishListEntry] {
        try await WishListStore().entries(
            of: principal.ownAccount, at: patrons.market.clock.now, page: PageRequest(), in: patrons.market.client
        ).items
    }

    @Test("A product and a variant of it are two wishes, each once")
    func once() async throws {
        try await Patrons.open { patrons in
            let karim = try await patrons.customer()
            let book = try await patrons.market.goods(units: 1)
            let product = try await add(.product(book.product), by: karim, patrons)
            let variant = try await add(.variant(book.id), by: karim, patrons)
            #expect(variant.item.variant == book.id && variant.presence.status == .onSale && variant.title == "Book")
            #expect(try await add(.product(book.product), by: karim, patrons) == product)
            #expect(try await list(of: karim, patrons) == [variant, product])
            let rahim = try await patrons.customer("rahim@example.com")
            #expect(try await list(of: rahim, patrons).isEmpty)
            let foreign = try await patrons.refusal {
                try await patrons.market.work { try await patrons.wishes.remove(product.item.id, by: rahim, in: $0) }
            }
            #expect(foreign?.status == 404)
            try await patrons.market.work { try await patrons.wishes.remove(product.item.id, by: karim, in: $0) }
            #expect(try await list(of: karim, patrons) == [variant])
        }
    }

    @Test("What is archived, sold by nobody or deleted stays on the list, and says so")
    func presence() async throws {
        try await Patrons.open { patrons in
            let karim = try await patrons.customer()
            let (owner, client) = (patrons.market.owner, patrons.market.client)
            let book = try await patrons.market.goods(units: 1)
            _ = try await add(.variant(book.id), by: karim, patrons)
            try await owner.execute("UPDATE products SET title = 'Other', status = 'archived'")
            var entry = try await list(of: karim, patrons)[0]
            #expect(entry.presence.status == .offSale && entry.title == "Other")
            try await owner.execute("UPDATE products SET status = 'active'")
            try await owner.execute("UPDATE vendors SET status = 'suspended'")
            #expect(try await list(of: karim, patrons)[0].presence.status == .offSale)
            try await owner.execute("UPDATE vendors SET status = 'active'")
            #expect(try await list(of: karim, patrons)[0].presence.status == .onSale)
            try await owner.execute("UPDATE variants SET removed_at = now()")
            #expect(try await list(of: karim, patrons)[0].presence.status == .gone)
            try await owner.execute("UPDATE variants SET removed_at = NULL")
            try await owner.execute("UPDATE products SET status = 'draft'")
            entry = try await list(of: karim, patrons)[0]
            #expect(entry.presence.status == .gone && entry.title == "Book" && entry.presence.slug == nil)
            for thing in [WishedThing.product(book.product), .variant(ID(uuid: UUID()))] {
                let unknown = try await patrons.refusal { _ = try await add(thing, by: karim, patrons) }
                #expect(unknown?.fields.map(\.code) == ["unknown"])
            }
            #expect(try await client.queryValue("SELECT count(*) FROM wish_list_items", as: Int.self) == 1)
        }
    }

    @Test("A wish list is bounded")
    func bounded() async throws {
        try await Patrons.open { patrons in
            let karim = try await patrons.customer()
            let book = try await patrons.market.goods(units: 1)
            try await patrons.market.owner.execute(
                """
                INSERT INTO wish_list_items (id, account_id, product_id, title, added_at)
                SELECT gen_random_uuid(), \(karim.ownAccount), gen_random_uuid(), 'T', now()
                FROM generate_series(1, \(WishListStore.mostPerCustomer))
                """)
            let full = try await patrons.refusal { _ = try await add(.product(book.product), by: karim, patrons) }
            #expect(full?.type == "too-many-wishes")
        }
    }
}
