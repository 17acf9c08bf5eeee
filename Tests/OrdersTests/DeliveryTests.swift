import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Orders
import Postgres
import Testing

@Suite("Delivering licence keys")
struct DeliveryTests {
    @Test("A paid order gets exactly the keys it bought, is delivered, and everybody is told once")
    func delivering() async throws {
        try await Marketplace.open { market in
            let one = try await market.licence(keys: 5, sku: "A")
            let two = try await market.licence(keys: 5, sku: "B")
            let order = try await market.place((one, 3), (two, 1)).order
            try await market.deliver(order.id)
            #expect(try await market.reveal(order.id).isEmpty)
            #expect(try await market.pay(order.id).isPaid)
            for _ in 0..<3 { try await market.deliver(order.id) }
            let keys = try await market.reveal(order.id)
            #expect(keys.map { $0.key.reveal() } == ["A-KEY-0", "A-KEY-1", "A-KEY-2", "B-KEY-0"])
            #expect(keys.map(\.unit) == [1, 2, 3, 1])
            #expect(!"\(keys)".contains("A-KEY"))
            let details = try #require(
                try await OrderStore().details(order.id, visibleTo: .everything, in: market.client))
            #expect(details.order.status == .delivered)
            #expect(details.lines.allSatisfy { $0.deliveredAt != nil })
            #expect(details.timeline.map(\.kind) == [.ordered, .paid, .keyAssigned, .keyAssigned, .delivered])
            let kinds = try await market.jobKinds()
            #expect(kinds.count { $0 == "notifications.order_delivered" } == 1)
            #expect(kinds.count { $0 == "notifications.vendor_sale" } == 2)
        }
    }

    @Test("An order with open physical lines is partially shipped after its keys are delivered")
    func mixedOrder() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let key = try await market.licence(keys: 1, sku: "K", vendor: vendor)
            let book = try await market.goods(units: 1, sku: "B", vendor: vendor)
            let order = try await market.place((key, 1), (book, 1)).order
            #expect(try await market.pay(order.id).isPaid)
            try await market.deliver(order.id)
            #expect(try await market.order(order.id).status == .partiallyShipped)
            #expect(try await market.reveal(order.id).count == 1)
            #expect(try await market.jobKinds().count { $0 == "notifications.vendor_sale" } == 1)
        }
    }

    @Test("An order that waits for keys says so, once, and is served when there are some")
    func lackingKeys() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 1)
            let order = try await market.place((key, 1)).order
            #expect(try await market.pay(order.id).isPaid)
            try await market.client.execute("UPDATE licence_keys SET state = 'revoked'")
            let deliver = DeliverLicenceKeys(audit: market.audit, clock: market.clock)
            for shortages in [nil, 1, 2] {
                let lacking = try await market.work {
                    try await deliver(DeliverLicenceKeys.Job(orderID: order.id, shortages: shortages), in: $0)
                }
                #expect(lacking.count == 1)
            }
            let timeline = try await OrderTimeline().events(of: order.id, in: market.client).map(\.kind)
            #expect(timeline.count { $0 == .awaitingKeys } == 1)
            let told = try await market.client.queryValue(
                "SELECT count(*) FROM events WHERE name = 'order.licence_keys_lacking'", as: Int64.self)
            #expect(told == 1)
            try await market.importKeys(["NEW"], into: key)
            let served = try await market.work {
                try await deliver(DeliverLicenceKeys.Job(orderID: order.id, shortages: 3), in: $0)
            }
            #expect(served.isEmpty)
            #expect(try await market.order(order.id).status == .delivered)
        }
    }

    @Test(
        "However often keys were lacking before, the delivery is repeated within the hour",
        arguments: [Int.max, .min, -1])
    func countedShortages(shortages: Int) async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 1)
            let order = try await market.place((key, 1)).order
            #expect(try await market.pay(order.id).isPaid)
            try await market.client.execute("UPDATE licence_keys SET state = 'revoked'")
            let job = DeliverLicenceKeys.Job(orderID: order.id, shortages: shortages)
            try await market.work {
                try await DeliverLicenceKeys(audit: market.audit, clock: market.clock)(job, in: $0)
            }
            let wait = try await market.client.queryValue(
                """
                SELECT extract(epoch FROM run_at - \(market.clock.now))::float8 FROM jobs
                WHERE kind = 'orders.deliver_keys' AND payload ? 'shortages'
                """, as: Double.self)
            #expect(wait.map { (30...3600).contains($0.rounded()) } == true, "\(String(describing: wait))")
        }
    }

    @Test("32 deliveries of one order at once deliver it once")
    func sameOrder() async throws {
        try await Marketplace.open(connections: 16) { market in
            let key = try await market.licence(keys: 50)
            let order = try await market.place((key, 2)).order
            #expect(try await market.pay(order.id).isPaid)
            try await withThrowingTaskGroup { group in
                for _ in 0..<32 { group.addTask { try await market.deliver(order.id) } }
                try await group.waitForAll()
            }
            let assigned = try await market.client.queryValue(
                "SELECT count(*) FROM licence_keys WHERE state = 'assigned'", as: Int64.self)
            #expect(assigned == 2)
            #expect(try await market.jobKinds().count { $0 == "notifications.order_delivered" } == 1)
        }
    }

    @Test("32 orders delivered at once from one pool share no key and leave none behind")
    func onePool() async throws {
        try await Marketplace.open(connections: 16) { market in
            let key = try await market.licence(keys: 64)
            var orders: [Order] = []
            for _ in 0..<32 { orders.append(try await market.place((key, 2)).order) }
            try await withThrowingTaskGroup { [orders] group in
                for order in orders {
                    group.addTask {
                        #expect(try await market.pay(order.id).isPaid)
                        try await market.deliver(order.id)
                        try await market.deliver(order.id)
                    }
                }
                try await group.waitForAll()
            }
            var keys: [String] = []
            for order in orders {
                let own = try await market.reveal(order.id)
                #expect(own.count == 2)
                keys += own.map { $0.key.reveal() }
            }
            #expect(Set(keys).count == 64)
            #expect(try await market.deadlocks() == 0)
        }
    }

    @Test("Where the pool lacks keys the other lines are delivered and the rest is tried again later")
    func shortage() async throws {
        try await Marketplace.open { market in
            let fine = try await market.licence(keys: 1, sku: "A")
            let lacking = try await market.licence(keys: 2, sku: "B")
            let order = try await market.place((fine, 1), (lacking, 2)).order
            #expect(try await market.pay(order.id).isPaid)
            try await market.client.execute(
                "UPDATE licence_keys SET state = 'revoked' WHERE id = (SELECT min(id::text)::uuid FROM licence_keys WHERE variant_id = \(lacking.id))"
            )
            try await market.deliver(order.id)
            #expect(try await market.order(order.id).status == .partiallyShipped)
            #expect(try await market.reveal(order.id).map { $0.key.reveal() } == ["A-KEY-0"])
            let events = try await market.audit.events(
                of: order.id.description, page: PageRequest(), in: market.client)
            #expect(events.items.contains { $0.entry.action == "order.keys_short" })
            #expect(try await market.jobKinds().count { $0 == "orders.deliver_keys" } == 2)
            try await market.importKeys(["SPARE"], into: lacking)
            try await market.deliver(order.id)
            #expect(try await market.order(order.id).status == .delivered)
            #expect(try await market.reveal(order.id).count == 3)
        }
    }

    @Test("Every reveal is on record, with who saw which keys")
    func reveals() async throws {
        try await Marketplace.open { market in
            let key = try await market.licence(keys: 1)
            let order = try await market.place((key, 1)).order
            #expect(try await market.pay(order.id).isPaid)
            try await market.deliver(order.id)
            let keys = try await market.reveal(order.id)
            _ = try await market.reveal(order.id)
            let events = try await market.audit.events(
                of: order.id.description, page: PageRequest(), in: market.client
            ).items.filter { $0.entry.action == "order.keys_revealed" }
            #expect(events.count == 2)
            #expect(events.first?.entry.payload["keys"] == [.string(keys[0].id.description)])
            #expect(events.first?.entry.actor == .system)
        }
    }
}
