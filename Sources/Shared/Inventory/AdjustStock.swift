package import Catalog
package import Core
package import Jobs

/// Counts physical units in or out.
package struct AdjustStock: Sendable {
    private let products = ProductStore()
    private let stock = StockStore()
    private let audit: AuditStore

    package init(audit: AuditStore) { self.audit = audit }

    /// The level after the adjustment.
    /// - Parameter idempotencyKey: the same for every repetition of one request: a repetition moves nothing and gets the
    ///   level that the first one left.
    /// - Throws: `Problem`: 404; 422 for a change of zero or a variant of licence keys; 409 ("stock-reserved") when fewer
    ///   units would be left than are reserved; `PostgresError`.
    package func callAsFunction(
        _ variant: ID<Variant>, by change: Int64, reason: String, idempotencyKey: String? = nil, by actor: AuditActor,
        in scope: some WorkScope
    ) async throws -> StockLevel {
        try check(change: change, reason: reason)
        let requestHash = idempotencyKey.map { key in
            RequestHash.of(
                idempotencyKey: key, [.string(variant.description), .integer(change), .string(reason)])
        }
        do {
            return try await adjust(
                variant, by: change, reason: reason, requestHash: requestHash, by: actor, in: scope)
        } catch {
            guard let requestHash, let earlier = try await earlierLevel(variant, requestHash, in: scope) else {
                throw error
            }
            return earlier
        }
    }

    private func adjust(
        _ variant: ID<Variant>, by change: Int64, reason: String, requestHash: [UInt8]?, by actor: AuditActor,
        in scope: some WorkScope
    ) async throws -> StockLevel {
        try await scope.withUnitOfWork { work in
            guard let known = try await products.variant(variant, in: work) else { throw Problem.notFound("variant") }
            guard known.kind == .physical else { throw Self.countedByImport }
            guard
                let level = try await stock.adjust(
                    variant, by: change, note: reason, requestHash: requestHash, in: work)
            else {
                throw Problem.conflict(
                    "stock-reserved", title: "Units are reserved",
                    detail: "Fewer units would be left than are reserved for orders")
            }
            try await audit.append(
                AuditEntry(
                    actor: actor, action: "stock.adjusted", subject: variant,
                    payload: ["change": .integer(change), "on_hand": .integer(level.onHand), "reason": .string(reason)]),
                in: work)
            return level
        }
    }

    private func earlierLevel(
        _ variant: ID<Variant>, _ requestHash: [UInt8], in scope: some WorkScope
    ) async throws -> StockLevel? {
        try await scope.withUnitOfWork { work in
            try await stock.level(of: variant, adjustedBy: requestHash, in: work)
        }
    }

    private func check(change: Int64, reason: String) throws(Problem) {
        var check = InputCheck()
        if change == 0 { check.fail("/delta", "zero", "must not be 0") }
        check.number("/delta", change, in: -1_000_000_000...1_000_000_000)
        check.text("/reason", reason, length: 0...500)
        try check.finish()
    }

    private static let countedByImport = Problem.invalidInput([
        FieldProblem(
            pointer: "/delta", code: "licence_keys", message: "the stock of licence keys grows by importing keys")
    ])
}
