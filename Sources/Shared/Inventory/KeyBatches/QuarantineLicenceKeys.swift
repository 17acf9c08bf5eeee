package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// Takes a bad batch out of the trade: its keys leave the pool at once, and whoever has bought one is told. And lets it back.
package struct QuarantineLicenceKeys: Sendable {
    private let store = LicenceKeyBatchStore()
    private let stock = StockStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// Orders that hold units of the variant keep them; where the pool has not enough left, they wait for keys once they are paid. Once
    /// more does nothing.
    /// - Throws: `Problem`: 404; 422; `PostgresError`.
    package func callAsFunction(
        _ id: ID<LicenceKeyBatch>, because reason: String, by principal: Principal, in work: UnitOfWork
    ) async throws -> CountedKeyBatch {
        var check = InputCheck()
        check.text("/reason", reason, KeyQuarantine.reason)
        try check.finish()
        guard let batch = try await store.held(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("batch")
        }
        if batch.quarantine == nil {
            let quarantine = KeyQuarantine(since: clock.now.roundedToMicroseconds, reason: reason)
            try await move(batch, from: .available, to: .quarantined, in: work)
            try await store.set(quarantine, of: id, in: work)
            try work.publish(
                LicenceKeyBatchQuarantined(batchID: id, variantID: batch.variant, vendorID: batch.vendor))
            try await audit.append(
                AuditEntry(actor: principal.actor, action: "licence_key_batch.quarantined", subject: id), in: work)
        }
        return try await counted(id, in: work)
    }

    /// Its keys that were never sold are for sale again, as far as enough is left of their lives. What was replaced meanwhile stays
    /// replaced. Once more does nothing.
    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func release(
        _ id: ID<LicenceKeyBatch>, by principal: Principal, in work: UnitOfWork
    ) async throws -> CountedKeyBatch {
        guard let batch = try await store.held(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("batch")
        }
        if batch.quarantine != nil {
            try await store.set(nil, of: id, in: work)
            try await move(batch, from: .quarantined, to: .available, in: work)
            try await audit.append(
                AuditEntry(actor: principal.actor, action: "licence_key_batch.released", subject: id), in: work)
        }
        return try await counted(id, in: work)
    }

    /// The batch is held before the stock, as importers hold them.
    private func move(
        _ batch: LicenceKeyBatch, from state: LicenceKeyState, to next: LicenceKeyState, in work: UnitOfWork
    ) async throws {
        guard let held = try await stock.hold([batch.variant], in: work)[batch.variant] else { return }
        _ = try await store.move(
            keysOf: batch.id, from: state, to: next, soldOn: KeyLife.today(at: clock.now), in: work)
        let after = try await stock.levels(of: [batch.variant], in: work)[0]
        try work.publish([held.changed(by: after.free - held.level.free)])
    }

    private func counted(_ id: ID<LicenceKeyBatch>, in work: UnitOfWork) async throws -> CountedKeyBatch {
        guard let batch = try await store.batch(id, visibleTo: .everything, in: work) else {
            throw Problem.notFound("batch")
        }
        return CountedKeyBatch(batch: batch, figures: try await store.figures(of: id, in: work))
    }
}
