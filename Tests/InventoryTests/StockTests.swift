import Catalog
import CommerceTestSupport
import Core
import Foundation
import Inventory
import Jobs
import Postgres
import Testing

@Suite("Stock")
struct StockTests {
    private func reserve(
        _ lines: [StockQuantity], _ holder: ReservationHolder, in market: Marketplace
    ) async throws {
        try await market.queue.withUnitOfWork { work in
            _ = try await market.stock.reserve(lines, for: holder, until: market.clock.now + 60, in: work)
        }
    }

    private func holder(_ market: Marketplace) -> ReservationHolder { ReservationHolder(uuid: market.ids.next()) }

    /// The level is the sum of all its movements.
    private func expectMovementsAddUp(_ variant: Variant, in market: Marketplace) async throws {
        let level = try await market.level(of: variant)
        let sums = try await market.client.queryOne(
            """
            SELECT coalesce(sum(on_hand_change), 0)::int8, coalesce(sum(reserved_change), 0)::int8
            FROM stock_movements WHERE variant_id = \(variant.id)
            """, columns: (Int64, Int64).self)
        #expect(sums?.0 == level.onHand && sums?.1 == level.reserved)
    }

    @Test("Of 16 buyers for 5 units exactly 5 get one, in each of 100 rounds")
    func race() async throws {
        try await Marketplace.open(connections: 16) { market in
            for round in 0..<100 {
                let variant = try await market.goods(units: 5, sku: "R-\(round)")
                let outcomes = await withTaskGroup(of: Bool?.self) { group in
                    for _ in 0..<16 {
                        group.addTask {
                            do {
                                try await reserve(
                                    [StockQuantity(variant: variant.id, quantity: 1)], holder(market), in: market)
                                return true
                            } catch is InsufficientStock {
                                return false
                            } catch {
                                Issue.record(error)
                                return nil
                            }
                        }
                    }
                    return await group.reduce(into: [Bool?]()) { $0.append($1) }
                }
                #expect(outcomes.count { $0 == true } == 5)
                #expect(outcomes.count { $0 == false } == 11)
                #expect(try await market.level(of: variant).available == 0)
            }
        }
    }

    @Test("Orders that name the same variants in opposite order wait for each other and never deadlock")
    func lockOrder() async throws {
        try await Marketplace.open(connections: 12) { market in
            let vendor = try await market.vendor()
            let variants = [
                try await market.goods(units: 10_000, sku: "A", vendor: vendor),
                try await market.goods(units: 10_000, sku: "B", vendor: vendor),
                try await market.goods(units: 10_000, sku: "C", vendor: vendor),
            ]
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let lines = variants.shuffled().prefix(2).map { StockQuantity(variant: $0.id, quantity: 1) }
                        let holder = holder(market)
                        try await reserve(lines, holder, in: market)
                        _ = try await market.queue.withUnitOfWork { work in
                            if number.isMultiple(of: 2) {
                                try await market.stock.commit(holder, in: work)
                            } else {
                                try await market.stock.release(holder, in: work)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await market.deadlocks() == 0)
            var sold: Int64 = 0
            for variant in variants {
                let level = try await market.level(of: variant)
                #expect(level.reserved == 0)
                sold += 10_000 - level.onHand
                try await expectMovementsAddUp(variant, in: market)
            }
            #expect(sold == 200)
        }
    }

    @Test("A refused order holds nothing and is told what is left of each short line")
    func allOrNothing() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let plenty = try await market.goods(units: 10, sku: "A", vendor: vendor)
            let few = try await market.goods(units: 2, sku: "B", vendor: vendor)
            let never = try await market.goods(units: 0, sku: "C", vendor: vendor)
            let lines = [(plenty, 1), (few, 3), (never, 1)].map {
                StockQuantity(variant: $0.0.id, quantity: Int64($0.1))
            }
            let refusal = await #expect(throws: InsufficientStock.self) {
                try await reserve(lines, holder(market), in: market)
            }
            #expect(refusal?.lines.map(\.available) == [10, 2, 0])
            #expect(refusal?.problem.status == 409)
            #expect(refusal?.problem.extensions["lines"]?.arrayValue?.count == 2)
            #expect(try await market.level(of: plenty).reserved == 0)
        }
    }

    @Test("Giving back and taking out happen once, and what was given back can be held again")
    func settlement() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 5)
            let holder = holder(market)
            let line = [StockQuantity(variant: variant.id, quantity: 2)]
            try await reserve(line, holder, in: market)
            for _ in 0..<2 {
                try await market.queue.withUnitOfWork { try await market.stock.release(holder, in: $0) }
                #expect(try await movements("released", of: variant, in: market) == 1)
            }
            #expect(try await market.level(of: variant) == StockLevel(variant: variant.id, onHand: 5, reserved: 0))
            try await reserve(line, holder, in: market)
            for _ in 0..<2 {
                try await market.queue.withUnitOfWork { try await market.stock.commit(holder, in: $0) }
                #expect(try await movements("committed", of: variant, in: market) == 1)
            }
            #expect(try await market.level(of: variant) == StockLevel(variant: variant.id, onHand: 3, reserved: 0))
            await #expect(throws: (any Error).self) { try await reserve(line, holder, in: market) }
            #expect(try await market.level(of: variant).reserved == 0)
            try await expectMovementsAddUp(variant, in: market)
        }
    }

    private func movements(_ reason: String, of variant: Variant, in market: Marketplace) async throws -> Int? {
        try await market.client.queryValue(
            "SELECT count(*) FROM stock_movements WHERE variant_id = \(variant.id) AND reason = \(reason)", as: Int.self
        )
    }

    @Test("The table itself refuses to oversell")
    func constraint() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 5)
            let error = await #expect(throws: PostgresError.self) {
                try await market.client.execute("UPDATE stock SET reserved = 6 WHERE variant_id = \(variant.id)")
            }
            #expect(error?.constraintName == "stock_reserved_within_on_hand")
        }
    }

    @Test("Units that are reserved can't be counted out")
    func adjustment() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 5)
            try await reserve([StockQuantity(variant: variant.id, quantity: 3)], holder(market), in: market)
            let problem = await #expect(throws: Problem.self) {
                try await market.adjust(variant, by: -3)
            }
            #expect(problem?.type == "stock-reserved")
            let deeper = await #expect(throws: Problem.self) { try await market.adjust(variant, by: -6) }
            #expect(deeper?.type == "stock-lacking")
            let level = try await market.adjust(variant, by: -2)
            #expect(level.onHand == 3 && level.available == 0)
            let empty = try await market.goods(units: 0, sku: "E")
            await #expect(throws: Problem.self) {
                try await market.adjust(empty, by: -1)
            }
            try await expectMovementsAddUp(variant, in: market)
        }
    }
}
