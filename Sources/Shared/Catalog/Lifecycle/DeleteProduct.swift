package import Core
package import Identity
package import Jobs
import Media
import Postgres

/// Deletes products, so that they can be taken back, and erases those that nothing refers to.
package struct DeleteProduct: Sendable {
    private let editing: ProductEditing

    package init(audit: AuditStore, clock: some WallClock) { editing = ProductEditing(audit: audit, clock: clock) }

    /// Takes the product out of the catalogue: for nobody but those who sell it does it still exist. Once more does nothing.
    /// - Throws: `Problem`: 404, 412; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Product>, version: Int64? = nil, by principal: Principal, in work: UnitOfWork
    ) async throws {
        var edited = try await editing.begin(
            id, version: version, by: principal, allowingDeleted: true, in: work)
        guard edited.product.deletedAt == nil else { return }
        edited.product.deletedAt = editing.now
        if edited.product.status != .archived { edited.product.status = .draft }
        _ = try await editing.finish(edited, "product.deleted", isStatusMeant: true, by: principal, in: work)
    }

    /// Takes a product back, as a draft or archived. Once more does nothing.
    /// - Throws: `Problem`: 404, 412; `PostgresError`.
    package func restore(
        _ id: ID<Product>, version: Int64? = nil, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        var edited = try await editing.begin(
            id, version: version, by: principal, allowingDeleted: true, in: work)
        guard edited.product.deletedAt != nil else { return edited.product }
        edited.product.deletedAt = nil
        return try await editing.finish(edited, "product.restored", isStatusMeant: true, by: principal, in: work)
    }

    /// Erases the product with its variants, prices and texts.
    /// - Throws: `Problem`: 404; 409 ("product-in-use") with what still refers to it; `PostgresError`.
    package func erase(_ id: ID<Product>, by principal: Principal, in work: UnitOfWork) async throws {
        let edited = try await editing.begin(id, by: principal, allowingDeleted: true, in: work)
        let uses = try await work.query(ProductErasureSQL.uses(of: id), columns: (String, Int64).self)
        guard uses.isEmpty else { throw Self.isInUse(uses) }
        try await MediaReferences().end(from: id, in: work)
        for statement in ProductErasureSQL.erase(id) { try await work.pipeline(statement) }
        try await editing.tell(
            edited.product, "product.erased", ["vendor_id": .string(edited.product.vendor.description)],
            by: principal, in: work)
    }

    private static func isInUse(_ uses: [(String, Int64)]) -> Problem {
        var problem = Problem.conflict(
            "product-in-use", title: "The product is in use",
            detail: "It is still referred to by \(uses.map { "\($0.1) \($0.0)" }.joined(separator: ", "))")
        problem.extensions = [
            "references": .object(
                Dictionary(uses.map { (UTF8Text($0.0), .integer($0.1)) }, uniquingKeysWith: { first, _ in first }))
        ]
        return problem
    }
}

private enum ProductErasureSQL {
    /// What of commerce refers to a product's variants, the removed ones included, and how often.
    static func uses(of product: ID<Product>) -> PostgresStatement {
        """
        WITH own AS (SELECT id FROM variants WHERE product_id = \(product))
        SELECT what, count FROM (
            SELECT 'order_lines' AS what, count(*) FROM order_lines WHERE variant_id IN (SELECT id FROM own)
            UNION ALL SELECT 'reservations', count(*) FROM reservations WHERE variant_id IN (SELECT id FROM own)
            UNION ALL SELECT 'licence_keys', count(*) FROM licence_keys WHERE variant_id IN (SELECT id FROM own)
            UNION ALL SELECT 'stock_transfers', count(*) FROM stock_transfer_lines WHERE variant_id IN (SELECT id FROM own)
            UNION ALL SELECT 'stock_movements', count(*) FROM stock_movements WHERE variant_id IN (SELECT id FROM own)
        ) AS uses WHERE count > 0
        """
    }

    /// What hangs on the product itself goes with it.
    static func erase(_ product: ID<Product>) -> [PostgresStatement] {
        [
            "DELETE FROM variants WHERE product_id = \(product)",
            "DELETE FROM products WHERE id = \(product)",
        ]
    }
}
