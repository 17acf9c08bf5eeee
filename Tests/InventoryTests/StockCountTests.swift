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
import Values

@Suite("Counting stock")
struct StockCountTests {
    @Test("A count replaces the number that it names, and no other")
    func compareAndSet() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 10)
            let counted = try await market.adjust(variant, StockAdjustment(.count(12, replacing: 10), reason: .counted))
            #expect(counted.onHand == 12)
            let stale = await #expect(throws: Problem.self) {
                try await market.adjust(variant, StockAdjustment(.count(9, replacing: 10), reason: .counted))
            }
            #expect(stale?.type == "stock-count-stale" && stale?.status == 409)
            #expect(stale?.extensions["on_hand"] == 12)
            #expect(try await market.level(of: variant).onHand == 12)
            let same = try await market.adjust(variant, StockAdjustment(.count(12, replacing: 12), note: "as it was"))
            #expect(same.onHand == 12)
            let kept = try await market.stock.movements(of: variant.id, page: PageRequest(), in: market.client).items
            #expect(kept.map(\.onHandChange) == [0, 2, 10])
            #expect(kept.map(\.reason) == [.adjusted, .counted, .received])
            #expect(kept[0].note == "as it was" && kept[0].actor == .system)
        }
    }

    @Test("Of two who count at once one is told that the other was faster")
    func racingCounts() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 10)
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for count in 20..<28 {
                    group.addTask {
                        do {
                            _ = try await market.adjust(
                                variant, StockAdjustment(.count(Int64(count), replacing: 10), reason: .counted))
                            return true
                        } catch let problem as Problem {
                            #expect(problem.type == "stock-count-stale")
                            return false
                        } catch {
                            Issue.record(error)
                            return false
                        }
                    }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 } == 1)
        }
    }

    @Test("Units stand at places and are of batches, and together they are what there is")
    func places() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 10)
            let location = try await market.location(of: variant.vendor)
            let shelf = StockPlace(location: location)
            let level = try await market.adjust(variant, StockAdjustment(.by(5), at: shelf, reason: .received))
            #expect(level.onHand == 15)
            let places = try await market.stock.places(of: variant.id, in: market.client)
            #expect(
                places == [PlacedUnits(place: .usual, onHand: 10), PlacedUnits(place: shelf, onHand: 5)])
            let lacking = await #expect(throws: Problem.self) {
                try await market.adjust(variant, StockAdjustment(.by(-6), at: shelf, reason: .damaged))
            }
            #expect(lacking?.type == "stock-lacking" && lacking?.extensions["on_hand"] == 5)
            let counted = try await market.adjust(
                variant, StockAdjustment(.count(2, replacing: 5), at: shelf, reason: .counted))
            #expect(counted.onHand == 12)
            let here = try await market.stock.stock(
                StockFilter(location: location), page: PageRequest(), visibleTo: .everything, in: market.client)
            #expect(here.items.map(\.level.onHand) == [12])
        }
    }

    @Test("Another vendor's location and another variant's batch are refused, by the database as well")
    func foreignPlaces() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 1)
            let other = try await market.goods(units: 1, sku: "B")
            let foreign = StockPlace(location: try await market.location(of: other.vendor))
            let refusal = await #expect(throws: Problem.self) {
                try await market.adjust(variant, StockAdjustment(.by(1), at: foreign))
            }
            #expect(refusal?.fields.map(\.pointer) == ["/location_id"])
            let unknown = StockPlace(batch: ID(uuid: market.ids.next()))
            let missing = await #expect(throws: Problem.self) {
                try await market.adjust(variant, StockAdjustment(.by(1), at: unknown))
            }
            #expect(missing?.fields.map(\.pointer) == ["/batch_id"])
            let error = await #expect(throws: PostgresError.self) {
                try await market.owner.execute(
                    """
                    INSERT INTO stock_movements (variant_id, vendor_id, location_id, reason, on_hand_change, reserved_change)
                    VALUES (\(variant.id), \(variant.vendor), \(foreign.location), 'received', 1, 0)
                    """)
            }
            #expect(
                error?.constraintName == "stock_movements_location" || error?.constraintName == "stock_levels_location")
        }
    }

    @Test("What stands at a place is what its movements say, and the processes can't write it otherwise")
    func levelsFollowMovements() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 3)
            let shelf = StockPlace(location: try await market.location(of: variant.vendor))
            _ = try await market.adjust(variant, StockAdjustment(.by(5), at: shelf))
            let refused = await #expect(throws: PostgresError.self) {
                try await market.client.execute("UPDATE stock_levels SET on_hand = 50")
            }
            #expect(refused?.sqlState == "42501")
            let negative = await #expect(throws: PostgresError.self) {
                try await market.owner.execute(
                    """
                    INSERT INTO stock_movements (variant_id, vendor_id, location_id, reason, on_hand_change, reserved_change)
                    VALUES (\(variant.id), \(variant.vendor), \(shelf.location), 'picked', -6, 0)
                    """)
            }
            #expect(negative?.constraintName == "stock_levels_not_negative")
        }
    }

    @Test("What is sold is taken from where it stands when it is packed: first what ends first")
    func picking() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 0)
            let location = try await market.location(of: variant.vendor)
            let keep = KeepStockBatches(audit: market.audit, ids: market.ids, clock: market.clock)
            let days = [("LATE", 21_000), ("EARLY", 20_900), ("GONE", 20_000)]
            var batches: [String: ID<StockBatch>] = [:]
            for (code, end) in days {
                let batch = try await market.work {
                    try await keep.add(
                        code, BatchDays(expiresOn: .init(daysSinceEpoch: end)), to: variant.id, by: .system, in: $0)
                }
                batches[code] = batch.batch.id
                _ = try await market.adjust(
                    variant, StockAdjustment(.by(4), at: StockPlace(location: location, batch: batch.batch.id)))
            }
            _ = try await market.adjust(variant, StockAdjustment(.by(2), at: StockPlace(location: location)))
            let order = try await market.place((variant, 7)).order
            _ = try await market.pay(order.id)
            #expect(try await market.level(of: variant).onHand == 7)
            let usual = try await market.stock.places(of: variant.id, in: market.client)[0]
            #expect(usual == PlacedUnits(place: .usual, onHand: -7), "sold, and not yet taken from where it stands")
            func pick(_ units: Int64) async throws -> [PickedUnits] {
                try await market.work {
                    try await PickStock()(
                        [StockQuantity(variant: variant.id, quantity: units)], from: location,
                        for: ReservationHolder(uuid: order.id.uuid), on: .init(daysSinceEpoch: 20_800), by: .system,
                        in: $0)
                }
            }
            let picked = try await pick(7)
            #expect(picked.map(\.batch) == [batches["EARLY"], batches["LATE"]] && picked.map(\.quantity) == [4, 3])
            #expect(try await market.level(of: variant).onHand == 7, "it was sold before")
            #expect(try await market.stock.places(of: variant.id, in: market.client)[0].onHand == 0)
            let lacking = await #expect(throws: Problem.self) { try await pick(4) }
            #expect(lacking?.extensions["on_hand"] == 3, "one of a batch and two of none; what has ended is left")
        }
    }
}
