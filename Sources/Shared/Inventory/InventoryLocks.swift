/// Every lock that this domain takes on stock, as the common table expression `locked`.
///
/// Stock rows are always locked in the order of their variants' ids, so two transactions can't wait for each other. The
/// order across domains is: payment, order, stock, audit chain.
enum InventoryLocks {
    /// Locks the stock of the variants of `wanted (variant_id, quantity)`; rows read under the lock are current.
    static let stockOfWanted = """
        SELECT stock.variant_id, stock.on_hand, stock.reserved, wanted.quantity
        FROM stock JOIN wanted USING (variant_id)
        ORDER BY stock.variant_id
        FOR UPDATE OF stock
        """
}
