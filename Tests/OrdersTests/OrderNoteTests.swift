import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Postgres
import Testing

@testable import Orders

@Suite("Notes and tags on orders") struct OrderNoteTests {
    private struct Staged: Sendable {
        let market: Marketplace
        let order: ID<Order>
        let part: VendorOrder
        var vendor: Principal {
            Principal(.vendorMember(UUID()), permissions: [.orderNotesWrite], visibility: .vendor(part.vendor.uuid))
        }

        func write(_ text: String, _ side: OrderNoteSide, by principal: Principal = .system) async throws -> OrderNote {
            try await market.work {
                try await WriteOrderNote(audit: market.audit, ids: market.ids, clock: market.clock)(
                    text, for: side, by: principal, in: $0)
            }
        }

        func remove(_ note: ID<OrderNote>, _ side: OrderNoteSide, by principal: Principal = .system) async throws {
            try await market.work {
                try await RemoveOrderNote(audit: market.audit, clock: market.clock)(
                    note, of: side, by: principal, in: $0)
            }
        }

        func read(_ side: OrderNoteSide, _ visibility: Visibility) async throws -> [OrderNote] {
            try await ReadOrderNotes()(of: side, page: PageRequest(), visibleTo: visibility, in: market.client).items
        }
    }

    private func run(_ body: @Sendable (Staged) async throws -> Void) async throws {
        try await Marketplace.open { market in
            let placed = try await market.place((try await market.goods(units: 5), 1))
            try await body(
                Staged(market: market, order: placed.order.id, part: placed.details.contents.vendorOrders[0]))
        }
    }

    @Test("The staff read all notes, a vendor its own, customers and other vendors none")
    func readers() async throws {
        try await run { staged in
            let own = try await staged.write("Fragile", .vendor(staged.part.id), by: staged.vendor)
            let staff = try await staged.write("Call first", .staff(staged.order))
            #expect(own.vendor == staged.part.vendor && staff.vendor == nil)
            #expect(try await staged.read(.staff(staged.order), .everything).map(\.id) == [staff.id, own.id])
            let reach = staged.vendor.visibility
            #expect(try await staged.read(.vendor(staged.part.id), reach).map(\.id) == [own.id])
            for visibility in [reach, .customer(UUID()), .order(staged.order.uuid), .nothing] {
                await #expect(throws: Problem.notFound("order")) {
                    try await staged.read(.staff(staged.order), visibility)
                }
            }
            await #expect(throws: Problem.notFound("vendor order")) {
                try await staged.read(.vendor(staged.part.id), .vendor(UUID()))
            }
        }
    }

    @Test("A note that is taken back loses its words and stays on record; another side's can't be taken back")
    func removal() async throws {
        try await run { staged in
            let note = try await staged.write("Call first", .staff(staged.order))
            await #expect(throws: Problem.notFound("note")) {
                try await staged.remove(note.id, .vendor(staged.part.id), by: staged.vendor)
            }
            try await staged.remove(note.id, .staff(staged.order))
            try await staged.remove(note.id, .staff(staged.order))
            let read = try #require(try await staged.read(.staff(staged.order), .everything).first)
            #expect(
                read.id == note.id && read.body == nil
                    && read.removedAt == staged.market.clock.now.roundedToMicroseconds)
        }
    }

    @Test(
        "Words of no use are refused, a number of a resident's too",
        arguments: ["", "  ", String(repeating: "x", count: 4_001), "His number is 2341 2341 2346"])
    func refused(text: String) async throws {
        try await run { staged in
            await #expect(throws: Problem.self) { try await staged.write(text, .staff(staged.order)) }
        }
    }

    @Test("Each side has two hundred notes on an order at most")
    func bounded() async throws {
        try await run { staged in
            try await staged.market.owner.execute(
                """
                INSERT INTO order_notes (id, order_id, body, created_by, created_at)
                SELECT gen_random_uuid(), \(staged.order), 'x', 'system', now() FROM generate_series(1, 200)
                """)
            await #expect(throws: Problem.self) { try await staged.write("one more", .staff(staged.order)) }
            _ = try await staged.write("another side's", .vendor(staged.part.id), by: staged.vendor)
        }
    }

    @Test("Tags are unlike each other, an order carries those that were named last, and a list is narrowed by them")
    func tags() async throws {
        try await run { staged in
            let market = staged.market
            let manage = ManageOrderTags(audit: market.audit, ids: market.ids, clock: market.clock)
            let tagging = TagOrder(audit: market.audit, clock: market.clock)
            let gift = try await market.work { try await manage.create("Gift", by: .system, in: $0) }
            let late = try await market.work { try await manage.create("late", by: .system, in: $0) }
            await #expect(throws: Problem.self) {
                try await market.work { try await manage.create("GIFT", by: .system, in: $0) }
            }
            let order = staged.order
            for (wanted, names) in [([gift.id, late.id], ["Gift", "late"]), ([late.id], ["late"]), ([], [])] {
                let tags = try await market.work { try await tagging(order, as: wanted, by: .system, in: $0) }
                #expect(tags.map(\.name) == names)
                #expect(try await OrderTagStore().tags(of: order, in: market.client).map(\.name) == names)
            }
            _ = try await market.work { try await tagging(order, as: [gift.id], by: .system, in: $0) }
            let other = try await market.place((try await market.goods(units: 1, sku: "OTHER"), 1)).order.id
            #expect(try await market.listed(OrderFilter(tag: gift.id)) == [order])
            #expect(try await market.listed(OrderFilter(tag: late.id)).isEmpty)
            #expect(try await market.listed(OrderFilter()) == [other, order])
            try await market.work { try await manage.remove(gift.id, by: .system, in: $0) }
            #expect(try await OrderTagStore().tags(of: order, in: market.client).isEmpty)
            await #expect(throws: Problem.self) {
                try await market.work { try await tagging(order, as: [gift.id], by: .system, in: $0) }
            }
            _ = try await market.work { try await manage.create("gift", by: .system, in: $0) }
        }
    }

    @Test("A list is narrowed by vendor, money, time and total")
    func filters() async throws {
        try await Marketplace.open { market in
            let (book, other) = (
                try await market.goods(units: 5, price: 100), try await market.goods(units: 5, price: 900, sku: "B-2")
            )
            let first = try await market.place((book, 1)).order
            market.clock.advance(by: 3_600)
            let second = try await market.place((other, 1)).order
            _ = try await market.pay(second.id)
            let all = [second.id, first.id]
            #expect(try await market.listed(OrderFilter()) == all)
            #expect(try await market.listed(OrderFilter(vendor: book.vendor)) == [first.id])
            #expect(try await market.listed(OrderFilter(paymentState: .paid)) == [second.id])
            #expect(try await market.listed(OrderFilter(paymentState: .partiallyRefunded)).isEmpty)
            #expect(try await market.listed(OrderFilter(status: .pendingPayment)) == [first.id])
            let total = { OrderFilter.Amount(currency: $0, minimum: $1, maximum: $2) }
            #expect(try await market.listed(OrderFilter(total: total(.bdt, 100, 899))) == [first.id])
            #expect(try await market.listed(OrderFilter(total: total(.bdt, 100, 900))) == all)
            #expect(try await market.listed(OrderFilter(total: total(.usd, 0, 900))).isEmpty)
        }
    }

    @Test("A span of time takes in its beginning and not its end")
    func placed() async throws {
        try await Marketplace.open { market in
            let order = try await market.place((try await market.goods(units: 5), 1)).order
            // As orders are whose ids were made when they were placed.
            let now = try #require(
                try await market.owner.queryValue("SELECT date_trunc('second', now())", as: Date.self))
            try await market.owner.execute("UPDATE orders SET placed_at = \(now)")
            for (start, end, isIn) in [
                (now, nil, true), (now + 1, nil, false), (nil, now, false), (nil, now + 1, true), (now, now + 1, true),
                (now - 5, now, false),
            ] as [(Date?, Date?, Bool)] {
                let listed = try await market.listed(OrderFilter(placed: .init(from: start, before: end)))
                #expect(
                    listed == (isIn ? [order.id] : []), "\(String(describing: start)) to \(String(describing: end))")
            }
        }
    }
}

extension Marketplace {
    func listed(_ filter: OrderFilter) async throws -> [ID<Order>] {
        try await OrderStore().orders(filter, page: PageRequest(), visibleTo: .everything, in: client).items.map(\.id)
    }
}
