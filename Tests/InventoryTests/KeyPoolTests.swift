import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Jobs
import Orders
import Postgres
import Testing

/// What is for sale is what pools have, whatever is done to them and in which order.
@Suite("Pools and stock", .timeLimit(.minutes(5)))
struct KeyPoolTests {
    /// One pool to which anything may happen.
    private struct Story: Sendable {
        let market: Marketplace
        let variant: Variant
        let batches: [LicenceKeyBatch]

        init(in market: Marketplace) async throws {
            self.market = market
            variant = try await market.licence(keys: 0)
            batches = [try await market.keyBatch(of: variant), try await market.keyBatch(of: variant)]
        }

        var quarantine: QuarantineLicenceKeys { QuarantineLicenceKeys(audit: market.audit, clock: market.clock) }

        /// Something that is allowed or refused; what fails otherwise fails the test.
        func step(_ number: Int, _ orders: [ID<Order>]) async throws -> ID<Order>? {
            do {
                switch Int.random(in: 0..<9) {
                case 0, 1:
                    let keys = (0..<Int.random(in: 1...6)).map { "K-\(number)-\($0)-\(UInt32.random(in: 0...9))" }
                    try await market.importKeys(keys, into: variant, of: batches.randomElement())
                case 2, 3, 4: return try await market.place((variant, Int64.random(in: 1...3))).order.id
                case 5: if let order = orders.randomElement() { _ = try await market.pay(order) }
                case 6: if let order = orders.randomElement() { try await market.deliver(order) }
                case 7:
                    let batch = batches[Int.random(in: 0...1)]
                    _ = try await market.work { work in
                        Bool.random()
                            ? try await quarantine(batch.id, because: "so", by: .system, in: work)
                            : try await quarantine.release(batch.id, by: .system, in: work)
                    }
                default: try await exchange(orders)
                }
            } catch is InsufficientStock {
                // Others were faster.
            } catch let problem as Problem
                where ["key-batch-quarantined", "licence-keys-lacking", "key-not-replaceable", "order-state"]
                .contains(problem.type)
            {
                // It was not its time.
            }
            return nil
        }

        private func exchange(_ orders: [ID<Order>]) async throws {
            guard let order = orders.randomElement() else { return }
            let keys = try await ReadOrderKeys()(order, visibleTo: .everything, in: market.client)
            guard let key = keys.randomElement() else { return }
            let replace = ReplaceOrderKeys(audit: market.audit, clock: market.clock)
            _ = try await market.work { work in
                Bool.random()
                    ? try await replace.revoke(key.id, because: "so", by: .system, in: work)
                    : try await replace.replace(key.id, because: "so", by: .system, in: work)
            }
        }
    }

    @Test("Random histories, one after the other and at once, never part the two", arguments: [1, 6])
    func histories(actors: Int) async throws {
        for _ in 0..<4 {
            try await Marketplace.open(connections: 8) { market in
                let story = try await Story(in: market)
                try await withThrowingTaskGroup { group in
                    for actor in 0..<actors {
                        group.addTask {
                            var orders: [ID<Order>] = []
                            for number in 0..<(120 / actors) {
                                if let order = try await story.step(actor * 1_000 + number, orders) {
                                    orders.append(order)
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let reconcile = ReconcileLicenceKeys(audit: market.audit, clock: market.clock)
                let found = try await reconcile(by: .commandLine("test"), in: market.queue)
                #expect(found.discrepancies == [] && found.pools == 1)
                let twice = try await market.client.queryValue(
                    """
                    SELECT count(*) FROM (
                        SELECT FROM licence_keys WHERE state IN ('assigned', 'revoked') AND order_line_id IS NOT NULL
                        GROUP BY order_line_id, unit_number HAVING count(*) > 1
                    ) AS unit
                    """, as: Int64.self)
                #expect(twice == 0)
                #expect(try await market.deadlocks() == 0)
            }
        }
    }

    @Test("Buyers at once over a pool that others fill, empty and repeat from get each key once")
    func parallelBuyers() async throws {
        try await Marketplace.open(connections: 16) { market in
            let variant = try await market.licence(keys: 20)
            let orders = try await withThrowingTaskGroup(of: ID<Order>?.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        do {
                            let order = try await market.place((variant, 1)).order.id
                            #expect(try await market.pay(order).isPaid)
                            for _ in 0..<3 { try await market.deliver(order) }
                            return order
                        } catch is InsufficientStock {
                            return nil
                        }
                    }
                    group.addTask {
                        if number < 5 { try await market.importKeys(["MORE-\(number)"], into: variant) }
                        return nil
                    }
                }
                return try await group.reduce(into: [ID<Order>]()) { if let order = $1 { $0.append(order) } }
            }
            var keys: [String] = []
            for order in orders { keys += try await market.reveal(order).map { $0.key.reveal() } }
            #expect(keys.count == orders.count && Set(keys).count == keys.count)
            #expect((20...25).contains(keys.count))
            #expect(try await market.deadlocks() == 0)
        }
    }
}
