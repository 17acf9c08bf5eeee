package import Catalog
package import Core
package import Identity
package import Jobs
import Postgres

/// An edit of how far a variant is sold; nil leaves a field as it is.
package struct StockPolicyChanges: Hashable, Sendable {
    /// The new threshold, or none.
    package let lowStockThreshold: Int64??
    package let backorderLimit: Int64?

    package init(lowStockThreshold: Int64?? = nil, backorderLimit: Int64? = nil) {
        self.lowStockThreshold = lowStockThreshold
        self.backorderLimit = backorderLimit
    }
}

/// Says how far a variant is sold beyond what is there, and when it counts as low.
package struct SetStockPolicy: Sendable {
    private let products = ProductStore()
    private let stock = StockStore()
    private let audit: AuditStore

    package init(audit: AuditStore) { self.audit = audit }

    /// The level afterwards. What is owed already stays owed when the limit is lowered.
    /// - Throws: `Problem`: 404; 422, also for a backorder limit of licence keys; `PostgresError`.
    package func callAsFunction(
        _ variant: ID<Variant>, _ changes: StockPolicyChanges, by principal: Principal, in work: UnitOfWork
    ) async throws -> StockLevel {
        var check = InputCheck()
        if let threshold = changes.lowStockThreshold, let threshold {
            check.number("/low_stock_threshold", threshold, in: StockPolicy.range)
        }
        if let limit = changes.backorderLimit { check.number("/backorder_limit", limit, in: StockPolicy.range) }
        try check.finish()
        guard let known = try await products.variant(variant, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("variant")
        }
        guard changes.backorderLimit ?? 0 == 0 || known.kind == .physical else { throw Self.licenceKeys }
        guard let held = try await stock.hold([variant], in: work)[variant] else { throw Problem.notFound("variant") }
        let (level, old) = (held.level, held.level.policy)
        let policy = StockPolicy(
            lowStockThreshold: changes.lowStockThreshold ?? old.lowStockThreshold,
            backorderLimit: changes.backorderLimit ?? old.backorderLimit)
        try await work.pipeline(
            """
            UPDATE stock SET low_stock_threshold = \(policy.lowStockThreshold), backorder_limit = \(policy.backorderLimit),
                backorder_bound = greatest(\(policy.backorderLimit), reserved - on_hand)
            WHERE variant_id = \(variant)
            """)
        let changed = StockLevel(
            variant: variant, onHand: level.onHand, reserved: level.reserved, policy: policy)
        if changed.available != level.available { try work.publish(StockChanged(items: [held.change.item])) }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "stock.policy_set", subject: variant,
                payload: [
                    "low_stock_threshold": policy.lowStockThreshold.map(JSONValue.integer) ?? .null,
                    "backorder_limit": .integer(policy.backorderLimit),
                ]), in: work)
        return changed
    }

    private static let licenceKeys = Problem.invalidInput([
        FieldProblem(
            pointer: "/backorder_limit", code: "licence_keys", message: "keys that are not there can't be handed out")
    ])
}
