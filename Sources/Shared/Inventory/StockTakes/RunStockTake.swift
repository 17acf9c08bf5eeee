import Catalog
package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
package import Vendors

/// Puts a stock take on record; a job goes through it.
package struct StartStockTake: Sendable {
    private let store = StockTakeStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Parameter vendor: whose shelves these are; nil for the vendor that the principal acts for.
    /// - Throws: a 422 `Problem` for an unknown vendor; `PostgresError`.
    package func callAsFunction(
        _ table: StockTakeTable, of vendor: ID<Vendor>?, by principal: Principal, in work: UnitOfWork
    ) async throws -> StockTake {
        guard let owner = vendor ?? principal.vendor,
            try await VendorStore().vendor(owner, visibleTo: principal.visibility, in: work) != nil
        else { throw Problem.unknownVendor }
        let take = StockTake(
            id: ID(uuid: ids.next()), vendor: owner, rowCount: table.rows.count, createdBy: principal.actor,
            createdAt: clock.now.roundedToMicroseconds)
        try await store.insert(take, table.rows, in: work)
        try work.enqueue(RunStockTake.Job(takeID: take.id))
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "stock_take.started", subject: owner,
                payload: [
                    "stock_take_id": .string(take.id.description), "rows": .integer(Int64(take.rowCount)),
                ]), in: work)
        return take
    }
}

extension Principal {
    fileprivate var vendor: ID<Vendor>? {
        if case .vendor(let id) = visibility { ID(uuid: id) } else { nil }
    }
}

/// Goes through a stock take: a row that names the count that it replaces is counted, any other is left and reported.
package struct RunStockTake: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "stock.run_take"
        package static let queue = QueueName.maintenance

        package let takeID: ID<StockTake>

        package init(takeID: ID<StockTake>) { self.takeID = takeID }
    }

    /// Rows of one transaction: buyers of their variants wait for it.
    private static let batch = 100

    private let store = StockTakeStore()
    private let stock = StockStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// What an interruption has left is done by the next attempt: a row and what came of it are one transaction.
    package func run(_ job: Job, in claim: some Claim) async throws {
        let take = try await claim.withUnitOfWork { work in
            try await store.take(job.takeID, visibleTo: .everything, in: work)
        }
        guard let take else { return try await claim.finish { _ in } }
        while try await claim.withUnitOfWork({ work in try await count(next: Self.batch, of: take, in: work) }) {}
        try await claim.finish { work in
            guard try await store.finish(take.id, at: clock.now.roundedToMicroseconds, in: work) else { return }
            try work.publish(StockTakeFinished(takeID: take.id, vendorID: take.vendor))
            try await audit.append(
                AuditEntry(
                    actor: take.createdBy, action: "stock_take.finished", subject: take.vendor,
                    payload: ["stock_take_id": .string(take.id.description)]), in: work)
        }
    }

    /// - Returns: whether there may be more.
    private func count(next limit: Int, of take: StockTake, in work: UnitOfWork) async throws -> Bool {
        let rows = try await store.waiting(of: take.id, limit: limit, in: work)
        guard !rows.isEmpty else { return false }
        let names = try await store.names(in: rows, of: take.vendor, in: work)
        var held = try await stock.hold(names.variantIDs, in: work)
        let done = rows.map { row in
            switch names.meaning(of: row) {
            case .failure(let unclear): row.came(to: unclear.outcome)
            case .success(let meaning):
                held[meaning.variant]?.count(row, at: meaning.place, of: take.id) ?? row.came(to: .unknownSKU)
            }
        }
        try await stock.record(Array(held.values), by: take.createdBy, in: work)
        try work.publish(held.values.map(\.change))
        try await store.record(done, of: take.id, in: work)
        return rows.count == limit
    }
}

extension HeldStock {
    fileprivate mutating func count(
        _ row: StockTakeRow, at place: StockPlace, of take: ID<StockTake>
    ) -> StockTakeRow {
        let there = onHand(at: place)
        guard there == row.expected else { return row.came(to: .stale, found: there) }
        guard row.counted != there else { return row.came(to: .unchanged) }
        let refusal = note(
            NewStockMovement(of: variant, at: place, .counted, row.counted - there, note: "\(take) line \(row.line)"))
        return row.came(to: refusal == nil ? .counted : .reserved)
    }
}

extension StockTakeRow {
    fileprivate func came(to outcome: StockTakeOutcome, found: Int64? = nil) -> StockTakeRow {
        StockTakeRow(
            line: line, sku: sku, location: location, batch: batch, expected: expected, counted: counted,
            outcome: outcome, found: found)
    }
}
