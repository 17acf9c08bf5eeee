package import Catalog
package import Core
import Foundation
package import Identity
package import Jobs
import Values

/// Puts batches of a variant on record, and corrects their days.
package struct KeepStockBatches: Sendable {
    private let products = ProductStore()
    private let store = StockBatchStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 404; 409 ("stock-batch-taken") for a code that the variant has; 422; `PostgresError`.
    package func add(
        _ code: String, _ days: BatchDays, to variant: ID<Variant>, by principal: Principal, in work: UnitOfWork
    ) async throws -> CountedBatch {
        var check = InputCheck()
        check.text("/code", code, StockBatch.code)
        days.check(&check)
        try check.finish()
        let known = try await products.countable(variant, visibleTo: principal.visibility, in: work)
        guard try await store.count(of: variant, in: work) < StockBatchStore.mostPerVariant else {
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "", code: "too_many",
                    message: "a variant has at most \(StockBatchStore.mostPerVariant) batches")
            ])
        }
        let batch = StockBatch(
            id: ID(uuid: ids.next()), variant: variant, vendor: known.vendor, code: code, days: days,
            createdAt: clock.now.roundedToMicroseconds)
        guard try await store.insert(batch, in: work) else { throw Problem.stockBatchTaken }
        try await audit.append(entry("stock_batch.added", batch, by: principal), in: work)
        return CountedBatch(batch: batch, onHand: 0)
    }

    /// Replaces a batch's days. Units that are out of stock by the old ones are counted in again by hand.
    /// - Throws: `Problem`: 404; 422; `PostgresError`.
    package func setDays(
        of id: ID<StockBatch>, to days: BatchDays, by principal: Principal, in work: UnitOfWork
    ) async throws -> StockBatch {
        var check = InputCheck()
        days.check(&check)
        try check.finish()
        guard let old = try await store.held(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("batch")
        }
        let batch = StockBatch(
            id: id, variant: old.variant, vendor: old.vendor, code: old.code, days: days, createdAt: old.createdAt)
        try await store.update(batch, in: work)
        try await audit.append(entry("stock_batch.updated", batch, by: principal), in: work)
        return batch
    }

    private func entry(_ action: String, _ batch: StockBatch, by principal: Principal) -> AuditEntry {
        AuditEntry(
            actor: principal.actor, action: action, subject: batch.variant,
            payload: [
                "batch_id": .string(batch.id.description), "code": .string(batch.code),
                "sell_until": batch.days.sellUntil.map { .string($0.iso8601) } ?? .null,
            ])
    }
}

extension Problem {
    package static let stockBatchTaken = Problem.conflict(
        "stock-batch-taken", title: "There is a batch of that code",
        detail: "The variant has a batch of that code; count units into it")
}
