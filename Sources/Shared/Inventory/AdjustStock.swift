package import Catalog
package import Core
package import Identity
package import Jobs

/// Counts physical units in or out.
package struct AdjustStock: Sendable {
    /// How many units may be counted at once.
    package static let delta: ClosedRange<Int64> = -1_000_000_000...1_000_000_000
    /// What a reason must be like.
    package static let reason = TextRule(0...500, .line)

    private let products = ProductStore()
    private let stock = StockStore()
    private let audit: AuditStore

    package init(audit: AuditStore) { self.audit = audit }

    /// The level after the adjustment.
    /// - Throws: `Problem`: 404; 422 for a change of zero or a variant of licence keys; 409 ("stock-reserved") when fewer
    ///   units would be left than are reserved; `PostgresError`.
    package func callAsFunction(
        _ variant: ID<Variant>, by change: Int64, reason: String, by principal: Principal, in work: UnitOfWork
    ) async throws -> StockLevel {
        try check(change: change, reason: reason)
        guard let known = try await products.variant(variant, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("variant")
        }
        guard known.kind == .physical else { throw Self.countedByImport }
        guard let level = try await stock.adjust(variant, by: change, note: reason, in: work) else {
            throw Problem.conflict(
                "stock-reserved", title: "Units are reserved",
                detail: "Fewer units would be left than are reserved for orders")
        }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "stock.adjusted", subject: variant,
                payload: ["change": .integer(change), "on_hand": .integer(level.onHand), "reason": .string(reason)]),
            in: work)
        return level
    }

    private func check(change: Int64, reason: String) throws(Problem) {
        var check = InputCheck()
        if change == 0 { check.fail("/delta", "zero", "must not be 0") }
        check.number("/delta", change, in: Self.delta)
        check.text("/reason", reason, Self.reason)
        try check.finish()
    }

    private static let countedByImport = Problem.invalidInput([
        FieldProblem(
            pointer: "/delta", code: "licence_keys", message: "the stock of licence keys grows by importing keys")
    ])
}
