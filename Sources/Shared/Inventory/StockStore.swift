package import Catalog
package import Core
package import Foundation
package import Postgres

/// All SQL about stock and reservations. Everything that changes stock runs in the caller's transaction.
package struct StockStore: Sendable {
    package init() {}

    /// The stock of `variants`, one level each in the same order; a variant that never had stock has none.
    package func levels(
        of variants: [ID<Variant>], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [StockLevel] {
        let rows = try await executor.query(StockSQL.levels(of: variants), as: StockLevel.self)
        let known = Dictionary(rows.map { ($0.variant, $0) }, uniquingKeysWith: { $1 })
        return variants.map { known[$0] ?? .none($0) }
    }

    /// Holds units for `holder` until `expiry`: all lines or none. One round trip. A holder whose units were released may
    /// hold them again.
    ///
    /// - Parameter claim: whose limits count, and whose locks an earlier statement of the transaction has taken; nil for whom there are
    ///   none.
    /// - Returns: what is to be told of it.
    /// - Throws: `InsufficientStock` or `UnpaidLimitReached` (and nothing is held), `PostgresError`.
    package func reserve(
        _ lines: [StockQuantity], for holder: ReservationHolder, until expiry: Date, by claim: UnpaidClaim? = nil,
        in transaction: some PostgresExecutor
    ) async throws -> [StockChange] {
        let rows = try await transaction.query(
            StockSQL.reserve(lines, for: holder, until: expiry, by: claim), as: ReservationRow.self)
        let found = Dictionary(rows.map { ($0.variant, $0) }, uniquingKeysWith: { $1 })
        guard found.count == lines.count, rows.allSatisfy(\.isTaken) else {
            if found.count == lines.count, rows.allSatisfy(\.isThere), let limit = rows.compactMap(\.limit).first {
                throw UnpaidLimitReached(limit)
            }
            throw InsufficientStock(
                lines: lines.map { line in
                    InsufficientStock.Line(
                        variant: line.variant, requested: line.quantity, available: found[line.variant]?.available ?? 0)
                })
        }
        return rows.map(\.change)
    }

    /// Gives back what `holder` holds; nothing when it holds nothing.
    package func release(
        _ holder: ReservationHolder, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.deferUpdate(StockSQL.release(holder))
    }

    /// Takes what `holder` holds out of stock for good; nothing when it holds nothing.
    package func commit(
        _ holder: ReservationHolder, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.deferUpdate(StockSQL.commit(holder))
    }

    /// Puts units that `holder` bought and never gets back on hand: a part of what it bought, as often as there are such parts.
    package func putBack(
        _ lines: [StockQuantity], of holder: ReservationHolder, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(StockSQL.putBack(lines, of: holder))
    }

    /// Puts units that `holder` bought and never got back on hand; it may reserve them again.
    package func takeBack(
        _ lines: [StockQuantity], of holder: ReservationHolder, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(StockSQL.takeBack(lines, of: holder))
    }
}

extension StockLevel: PostgresRowDecodable {
    static let columns =
        "stock.variant_id, stock.on_hand, stock.reserved, stock.low_stock_threshold, stock.backorder_limit"

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        variant = try row.decode("variant_id")
        onHand = try row.decode("on_hand")
        reserved = try row.decode("reserved")
        policy = StockPolicy(
            lowStockThreshold: try row.decode("low_stock_threshold"), backorderLimit: try row.decode("backorder_limit"))
    }
}

private struct ReservationRow: PostgresRowDecodable, Sendable {
    let variant: ID<Variant>
    /// As it is once it is taken.
    let change: StockChange
    let available: Int64
    let isTaken: Bool
    /// Whether there is enough of it.
    let isThere: Bool
    let limit: UnpaidLimitReached.Limit?

    init(row: borrowing PostgresRow) throws(PostgresError) {
        variant = try row.decode("variant_id")
        available = try row.decode("available")
        let free: Int64 = try row.decode("free")
        change = StockChange(
            StockChanged.Item(
                variantID: variant, productID: try row.decode("product_id"), vendorID: try row.decode("vendor_id")),
            threshold: try row.decode("low_stock_threshold"), free: free,
            afterwards: free - (try row.decode("quantity")))
        isTaken = try row.decode("taken")
        isThere = try row.decode("there")
        let limit: String? = try row.decode("excess")
        self.limit = limit.flatMap(UnpaidLimitReached.Limit.init(rawValue:))
    }
}

private enum StockSQL {
    static func levels(of variants: [ID<Variant>]) -> PostgresStatement {
        "SELECT \(unescaped: StockLevel.columns) FROM stock WHERE variant_id = ANY(\(variants)::uuid[])"
    }

    /// The verdict is reached over all locked rows before any is changed, and what is locked can't change meanwhile; the
    /// guard in the update and the table's own check stand behind it. What the same customer holds is complete because their
    /// locks were taken before.
    static func reserve(
        _ lines: [StockQuantity], for holder: ReservationHolder, until expiry: Date, by claim: UnpaidClaim?
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH wanted AS (
                    SELECT * FROM unnest($1::uuid[], $2::int8[]) AS wanted (variant_id, quantity)
                ), locked AS (\(InventoryLocks.stockOfWanted)), theirs AS (
                    SELECT variant_id, quantity, client_key = $5 AS by_client, email_key = $6 AS by_email
                    FROM reservations WHERE state = 'held' AND (client_key = $5 OR email_key = $6)
                ), bound AS (
                    SELECT CASE
                        WHEN (SELECT sum(quantity) FROM wanted)
                            + (SELECT coalesce(sum(quantity), 0) FROM theirs WHERE by_client) > $7::int8 THEN 'client'
                        WHEN (SELECT sum(quantity) FROM wanted)
                            + (SELECT coalesce(sum(quantity), 0) FROM theirs WHERE by_email) > $8::int8 THEN 'email'
                        WHEN EXISTS (
                            SELECT FROM locked
                            WHERE greatest($10::int8, (locked.on_hand + locked.backorder_limit)::numeric * $9::int8 / 100)
                                < locked.quantity + (SELECT coalesce(sum(quantity), 0) FROM theirs WHERE variant_id = locked.variant_id)
                        ) AND $9::int8 IS NOT NULL THEN 'stock'
                    END AS excess
                ), verdict AS (
                    SELECT count(*) = cardinality($1) AND bool_and(on_hand - reserved + backorder_limit >= quantity)
                        AND (SELECT excess FROM bound) IS NULL AS enough
                    FROM locked
                ), taken AS (
                    UPDATE stock SET reserved = stock.reserved + locked.quantity
                    FROM locked, verdict
                    WHERE stock.variant_id = locked.variant_id AND verdict.enough
                        AND stock.on_hand - stock.reserved + stock.backorder_limit >= locked.quantity
                    RETURNING stock.variant_id, stock.vendor_id, locked.quantity
                ), held AS (
                    INSERT INTO reservations (holder_id, variant_id, vendor_id, quantity, expires_at, client_key, email_key)
                    SELECT $3, variant_id, vendor_id, quantity, $4, $5, $6 FROM taken
                    ON CONFLICT (holder_id, variant_id) DO UPDATE
                    SET state = 'held', quantity = excluded.quantity, expires_at = excluded.expires_at,
                        client_key = excluded.client_key, email_key = excluded.email_key
                    WHERE reservations.state = 'released'
                    RETURNING variant_id
                ), moved AS (
                    INSERT INTO stock_movements (variant_id, vendor_id, reason, on_hand_change, reserved_change, holder_id)
                    SELECT variant_id, vendor_id, 'reserved', 0, quantity, $3 FROM taken
                )
                SELECT locked.variant_id, variants.product_id, variants.vendor_id, locked.quantity, locked.low_stock_threshold,
                    on_hand - reserved AS free, greatest(on_hand - reserved + backorder_limit, 0) AS available,
                    variant_id IN (SELECT variant_id FROM held) AS taken,
                    on_hand - reserved + backorder_limit >= quantity AS there, (SELECT excess FROM bound) AS excess
                FROM locked JOIN variants ON variants.id = locked.variant_id
                """,
            parameters: [
                lines.map(\.variant), lines.map(\.quantity), holder.uuid, expiry, claim?.client, claim?.email,
                claim?.settings.unitsPerClient, claim?.settings.unitsPerEmail, claim?.settings.stockShare,
                ReservationSettings.unitsOfAnyStock,
            ])
    }

    static func release(_ holder: ReservationHolder) -> PostgresStatement {
        settle(holder, as: "released", onHandFactor: 0)
    }

    static func commit(_ holder: ReservationHolder) -> PostgresStatement {
        settle(holder, as: "committed", onHandFactor: -1)
    }

    private static func settle(_ holder: ReservationHolder, as state: String, onHandFactor: Int) -> PostgresStatement {
        PostgresStatement(
            with: [
                "wanted": """
                UPDATE reservations SET state = '\(state)', client_key = NULL, email_key = NULL
                WHERE holder_id = $1 AND state = 'held'
                RETURNING variant_id, quantity
                """,
                "locked": InventoryLocks.stockOfWanted,
                "changed": """
                UPDATE stock SET reserved = stock.reserved - locked.quantity,
                    on_hand = stock.on_hand + \(onHandFactor) * locked.quantity
                FROM locked WHERE stock.variant_id = locked.variant_id
                RETURNING stock.variant_id, stock.vendor_id, locked.quantity
                """,
            ],
            sql: """
                INSERT INTO stock_movements (variant_id, vendor_id, reason, on_hand_change, reserved_change, holder_id)
                SELECT variant_id, vendor_id, '\(state)', \(onHandFactor) * quantity, -quantity, $1 FROM changed
                """,
            parameters: [holder.uuid])
    }

    static func putBack(_ lines: [StockQuantity], of holder: ReservationHolder) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH wanted AS (
                    SELECT * FROM unnest($1::uuid[], $2::int8[]) AS line (variant_id, quantity)
                ), locked AS (\(InventoryLocks.stockOfWanted)), \(returned)
                """,
            parameters: [lines.map(\.variant), lines.map(\.quantity), holder.uuid])
    }

    /// What was locked is on hand again.
    private static let returned = """
        changed AS (
            UPDATE stock SET on_hand = stock.on_hand + locked.quantity
            FROM locked WHERE stock.variant_id = locked.variant_id
            RETURNING stock.variant_id, stock.vendor_id, locked.quantity
        )
        INSERT INTO stock_movements (variant_id, vendor_id, reason, on_hand_change, reserved_change, holder_id)
        SELECT variant_id, vendor_id, 'returned', quantity, 0, $3 FROM changed
        """

    static func takeBack(_ lines: [StockQuantity], of holder: ReservationHolder) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH wanted AS (
                    UPDATE reservations SET state = 'released'
                    FROM unnest($1::uuid[], $2::int8[]) AS line (variant_id, quantity)
                    WHERE holder_id = $3 AND state = 'committed' AND reservations.variant_id = line.variant_id
                    RETURNING reservations.variant_id, line.quantity
                ), locked AS (\(InventoryLocks.stockOfWanted)), \(returned)
                """,
            parameters: [lines.map(\.variant), lines.map(\.quantity), holder.uuid])
    }
}

/// Pieces for statements about orders that change what is held for them.
package enum ReservationSQL {
    /// What is held for the orders of `extended (id, expiry)` is held until then.
    package static let extendHeld = """
        UPDATE reservations SET expires_at = extended.expiry FROM extended
        WHERE reservations.holder_id = extended.id AND reservations.state = 'held'
        """
}
