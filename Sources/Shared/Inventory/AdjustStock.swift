package import Catalog
package import Core
package import Identity
package import Jobs
import Postgres
import Vendors

/// Why somebody changes what is there.
package enum AdjustmentReason: String, Hashable, Sendable, CaseIterable {
    /// Delivered by a supplier.
    case received
    case counted, damaged, lost
    /// A customer's that came back.
    case returned
    /// Anything else.
    case correction

    var movement: StockReason {
        switch self {
        case .received: .received
        case .counted: .counted
        case .damaged: .damaged
        case .lost: .lost
        case .returned: .returned
        case .correction: .adjusted
        }
    }
}

/// A change of what stands at a place, as somebody enters it.
package struct StockAdjustment: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
        /// So many more, or fewer.
        case by(Int64)
        /// So many there are, where so many were thought to be.
        case count(Int64, replacing: Int64)
    }

    /// How many units may be counted at once.
    package static let delta: ClosedRange<Int64> = -1_000_000_000...1_000_000_000
    package static let count: ClosedRange<Int64> = 0...1_000_000_000
    /// What a note must be like.
    package static let note = TextRule(0...500, .line)

    package let place: StockPlace
    package let change: Change
    package let reason: AdjustmentReason
    package let note: String

    package init(
        _ change: Change, at place: StockPlace = .usual, reason: AdjustmentReason = .correction, note: String = ""
    ) {
        self.place = place
        self.change = change
        self.reason = reason
        self.note = note
    }

    func check() throws(Problem) {
        var check = InputCheck()
        switch change {
        case .by(let delta):
            if delta == 0 { check.fail("/delta", "zero", "must not be 0") }
            check.number("/delta", delta, in: Self.delta)
        case .count(let count, let expected):
            check.number("/count", count, in: Self.count)
            check.number("/expected_count", expected, in: Self.delta)
        }
        check.text("/note", note, Self.note)
        try check.finish()
    }
}

/// Counts physical units in or out, by how many more there are or by how many there are at all.
package struct AdjustStock: Sendable {
    private let products = ProductStore()
    private let stock = StockStore()
    private let audit: AuditStore

    package init(audit: AuditStore) { self.audit = audit }

    /// The level after the adjustment. A count that is what was thought to be there is on record all the same.
    /// - Throws: `Problem`: 404; 422 for a change of zero, a variant of licence keys, another vendor's location or another variant's
    ///   batch; 409 "stock-count-stale" where the count replaces another number than there is, "stock-lacking" where fewer stand
    ///   there, "stock-reserved" where fewer units would be left than are reserved; `PostgresError`.
    package func callAsFunction(
        _ variant: ID<Variant>, _ adjustment: StockAdjustment, by principal: Principal, in work: UnitOfWork
    ) async throws -> StockLevel {
        try adjustment.check()
        let known = try await products.countable(variant, visibleTo: principal.visibility, in: work)
        try await stock.check(adjustment.place, of: known, in: work)
        guard var held = try await stock.hold([variant], in: work)[variant] else { throw Problem.notFound("variant") }
        let change = try held.change(for: adjustment)
        let movement = NewStockMovement(
            of: variant, at: adjustment.place, adjustment.reason.movement, change, note: adjustment.note)
        if let refusal = held.note(movement) { throw refusal.problem }
        try await stock.record([held], by: principal.actor, in: work)
        try work.publish([held.change])
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "stock.adjusted", subject: variant,
                payload: [
                    "change": .integer(change), "on_hand": .integer(held.onHand),
                    "reason": .string(adjustment.reason.rawValue), "note": .string(adjustment.note),
                    "location_id": adjustment.place.location.map { .string($0.description) } ?? .null,
                    "batch_id": adjustment.place.batch.map { .string($0.description) } ?? .null,
                ]),
            in: work)
        return held.after
    }
}

extension HeldStock {
    /// How many more there are.
    fileprivate func change(for adjustment: StockAdjustment) throws(Problem) -> Int64 {
        switch adjustment.change {
        case .by(let delta): return delta
        case .count(let count, let expected):
            let there = onHand(at: adjustment.place)
            guard there == expected else { throw .stockCountStale(there: there) }
            return count - there
        }
    }
}

extension Problem {
    /// Somebody counted what is not there any more as they saw it.
    package static func stockCountStale(there: Int64) -> Problem {
        var problem = Problem.conflict(
            "stock-count-stale", title: "The stock has changed",
            detail: "\(there) units are on record there now; count again and name that number")
        problem.extensions = ["on_hand": .integer(there)]
        return problem
    }
}

extension ProductStore {
    /// A variant of which units are counted.
    /// - Throws: `Problem`: 404; 422 for licence keys; `PostgresError`.
    func countable(
        _ id: ID<Variant>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Variant {
        guard let known = try await variant(id, visibleTo: visibility, in: executor) else {
            throw Problem.notFound("variant")
        }
        guard known.kind == .physical else {
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "", code: "licence_keys", message: "the stock of licence keys grows by importing keys")
            ])
        }
        return known
    }
}

extension StockStore {
    /// - Throws: a 422 `Problem` for another vendor's location or another variant's batch; `PostgresError`.
    func check(_ place: StockPlace, of variant: Variant, in executor: some PostgresExecutor) async throws {
        guard place != .usual else { return }
        let known = try await executor.queryOne(
            """
            SELECT \(place.location)::uuid IS NULL OR EXISTS (
                    SELECT FROM pickup_locations WHERE id = \(place.location) AND vendor_id = \(variant.vendor)),
                \(place.batch)::uuid IS NULL OR EXISTS (
                    SELECT FROM stock_batches WHERE id = \(place.batch) AND variant_id = \(variant.id))
            """, columns: (Bool, Bool).self)
        var check = InputCheck()
        if known?.0 != true { check.fail("/location_id", "unknown", "is no pickup location of the vendor") }
        if known?.1 != true { check.fail("/batch_id", "unknown", "is no batch of the variant") }
        try check.finish()
    }
}
