import Catalog
import Core
import Postgres

/// Every lock that this domain takes on stock, as the common table expression `locked`.
///
/// Stock rows are always locked in the order of their variants' ids, so two transactions can't wait for each other. The
/// order across domains is: payment, order, stock, audit chain.
enum InventoryLocks {
    /// Locks the stock of the variants of `wanted (variant_id, quantity)`; rows read under the lock are current.
    static let stockOfWanted = """
        SELECT stock.variant_id, stock.on_hand, stock.reserved, stock.backorder_limit, stock.low_stock_threshold, wanted.quantity
        FROM stock JOIN wanted USING (variant_id)
        ORDER BY stock.variant_id
        FOR UPDATE OF stock
        """

    /// Locks the stock of variants. What hangs on it is read by a later statement: one that waited for the lock would show it as it was
    /// before.
    static func stock(of variants: [ID<Variant>]) -> PostgresStatement {
        "SELECT FROM stock WHERE variant_id = ANY(\(variants)::uuid[]) ORDER BY variant_id FOR UPDATE"
    }
}
