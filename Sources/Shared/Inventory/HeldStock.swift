import Catalog
package import Core
import Foundation
import Postgres
import Registrations
import Values
import Vendors

/// Why units can't be taken away.
enum StockRefusal: Hashable, Sendable {
    /// Fewer stand there.
    case lacking(there: Int64)
    /// Fewer would be left than are reserved.
    case promised

    var problem: Problem {
        switch self {
        case .lacking(let there): .stockLacking(there: there)
        case .promised: .stockReserved
        }
    }
}

extension Problem {
    package static let stockReserved = Problem.conflict(
        "stock-reserved", title: "Units are reserved", detail: "Fewer units would be left than are reserved for orders")

    package static func stockLacking(there: Int64) -> Problem {
        var problem = Problem.conflict(
            "stock-lacking", title: "Fewer units stand there", detail: "\(there) units of it stand at this place")
        problem.extensions = ["on_hand": .integer(there)]
        return problem
    }
}

/// A variant's stock with all its places, locked until the transaction ends.
struct HeldStock: Sendable {
    let level: StockLevel
    let product: ID<Product>
    let vendor: ID<Vendor>
    private var placed: [StockPlace: Int64] = [:]
    /// Until when units of its batches are sold.
    private(set) var ends: [ID<StockBatch>: CivilDate] = [:]
    private(set) var movements: [NewStockMovement] = []

    /// Units there, with what has been noted here.
    private(set) var onHand: Int64

    var variant: ID<Variant> { level.variant }

    /// What it comes to, once what was noted is recorded.
    var after: StockLevel {
        StockLevel(variant: variant, onHand: onHand, reserved: level.reserved, policy: level.policy)
    }

    /// Units that can be taken away without breaking a promise.
    var removable: Int64 { max(onHand + level.policy.backorderLimit - level.reserved, 0) }

    /// Places where something stands, and those at which something was noted here; the usual one is not among them.
    var places: [StockPlace] { Array(placed.keys) }

    func onHand(at place: StockPlace) -> Int64 {
        place == .usual ? onHand - placed.values.reduce(0, +) : placed[place, default: 0]
    }

    /// Notes a change; it is recorded by `StockStore.record`.
    /// - Returns: why not, and nothing is noted.
    mutating func note(_ movement: NewStockMovement) -> StockRefusal? {
        if movement.change < 0 {
            let there = onHand(at: movement.place)
            guard there + movement.change >= 0 else { return .lacking(there: max(there, 0)) }
            guard -movement.change <= removable else { return .promised }
        }
        put(movement)
        return nil
    }

    /// Notes that units which were sold were taken from where they stood; what can be bought stays.
    mutating func pick(_ units: Int64, at place: StockPlace, for holder: ReservationHolder) {
        guard place != .usual else { return }
        put(NewStockMovement(of: variant, at: place, .picked, -units, for: holder))
        put(NewStockMovement(of: variant, at: .usual, .picked, units, for: holder))
    }

    private mutating func put(_ movement: NewStockMovement) {
        onHand += movement.change
        if movement.place != .usual { placed[movement.place, default: 0] += movement.change }
        movements.append(movement)
    }

    /// What is to be told of it.
    var change: StockChange {
        StockChange(
            StockChanged.Item(variantID: variant, productID: product, vendorID: vendor),
            threshold: level.policy.lowStockThreshold, free: level.free, afterwards: after.free)
    }
}

extension HeldStock: PostgresRowDecodable {
    init(row: borrowing PostgresRow) throws(PostgresError) {
        level = try StockLevel(row: row)
        product = try row.decode("product_id")
        vendor = try row.decode("vendor_id")
        onHand = level.onHand
    }
}

/// One row of a variant's places.
private struct LevelRow: PostgresRowDecodable, Sendable {
    let variant: ID<Variant>
    let place: StockPlace
    let onHand: Int64
    let end: CivilDate?

    init(row: borrowing PostgresRow) throws(PostgresError) {
        variant = try row.decode("variant_id")
        place = StockPlace(location: try row.decode("location_id"), batch: try row.decode("batch_id"))
        onHand = try row.decode("on_hand")
        end = try row.decode("sell_until", as: Date?.self).map(CivilDate.init(utc:))
    }
}

extension StockStore {
    /// The variants' stock, each held until the transaction ends; one that never had any has none. One round trip.
    func hold(
        _ variants: [ID<Variant>], in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Variant>: HeldStock] {
        try await transaction.pipeline(HoldingSQL.make(variants))
        try await transaction.pipeline(InventoryLocks.stock(of: variants))
        let held = try await transaction.query(HoldingSQL.stock(of: variants), as: HeldStock.self)
        let levels = try await transaction.query(HoldingSQL.levels(of: variants), as: LevelRow.self)
        var all = Dictionary(held.map { ($0.variant, $0) }, uniquingKeysWith: { $1 })
        for row in levels { all[row.variant]?.add(row.place, row.onHand, until: row.end) }
        return all
    }

    /// Writes what was noted, and says nothing of it to others.
    func record(
        _ stock: [HeldStock], by actor: AuditActor, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        let movements = stock.sorted { $0.variant < $1.variant }.flatMap(\.movements)
        guard !movements.isEmpty else { return }
        try await transaction.pipeline(HoldingSQL.record(movements, by: actor))
    }
}

extension HeldStock {
    fileprivate mutating func add(_ place: StockPlace, _ units: Int64, until end: CivilDate?) {
        placed[place] = units
        if let batch = place.batch, let end { ends[batch] = end }
    }
}

private enum HoldingSQL {
    static func make(_ variants: [ID<Variant>]) -> PostgresStatement {
        """
        INSERT INTO stock (variant_id, vendor_id) SELECT id, vendor_id FROM variants WHERE id = ANY(\(variants)::uuid[])
        ORDER BY id ON CONFLICT (variant_id) DO NOTHING
        """
    }

    static func stock(of variants: [ID<Variant>]) -> PostgresStatement {
        """
        SELECT \(unescaped: StockLevel.columns), stock.vendor_id, variants.product_id
        FROM stock JOIN variants ON variants.id = stock.variant_id WHERE stock.variant_id = ANY(\(variants)::uuid[])
        """
    }

    static func levels(of variants: [ID<Variant>]) -> PostgresStatement {
        """
        SELECT stock_levels.variant_id, location_id, batch_id, on_hand, sell_until FROM stock_levels
        LEFT JOIN stock_batches ON stock_batches.id = batch_id WHERE stock_levels.variant_id = ANY(\(variants)::uuid[])
        """
    }

    static func record(_ movements: [NewStockMovement], by actor: AuditActor) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH noted AS (
                    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int8[], $6::uuid[], $7::uuid[],
                            $8::text[]) WITH ORDINALITY
                        AS noted (variant_id, location_id, batch_id, reason, change, holder_id, transfer_id, note, number)
                ), moved AS (
                    INSERT INTO stock_movements (variant_id, vendor_id, location_id, batch_id, reason, on_hand_change,
                        reserved_change, holder_id, transfer_id, note, actor)
                    SELECT noted.variant_id, variants.vendor_id, location_id, batch_id, reason, change, 0, holder_id,
                        transfer_id, note, $9
                    FROM noted JOIN variants ON variants.id = noted.variant_id ORDER BY number
                ), total AS (
                    SELECT variant_id, sum(change)::int8 AS change FROM noted GROUP BY variant_id
                )
                UPDATE stock SET on_hand = stock.on_hand + total.change
                FROM total WHERE stock.variant_id = total.variant_id AND total.change <> 0
                """,
            parameters: [
                movements.map(\.variant), movements.map(\.place.location), movements.map(\.place.batch),
                movements.map(\.reason.rawValue), movements.map(\.change), movements.map { $0.holder?.uuid },
                movements.map(\.transfer), movements.map(\.note), actor.rawValue,
            ])
    }
}
