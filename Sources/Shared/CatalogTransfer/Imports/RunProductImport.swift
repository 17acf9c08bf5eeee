package import Catalog
package import Core
import Foundation
import Identity
package import Jobs
package import Media
import NIOCore
import Postgres
import Vendors

/// Takes a file of products in, some of them in each transaction, with their report and how far it has come: whoever goes on after an
/// interruption begins behind them.
package struct RunProductImport: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "catalogue.import_products"
        package static let queue = QueueName.imports

        package let importID: ID<ProductImport>

        package init(importID: ID<ProductImport>) { self.importID = importID }
    }

    /// How many products a transaction takes.
    package static let batch = 250

    private let store = ProductImportStore()
    private let writer: ImportWriter
    private let directory: MediaDirectory
    private let clock: any WallClock

    package init(
        directory: MediaDirectory, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock,
        acceptance: some PriceAcceptance = AnyPrice()
    ) {
        self.directory = directory
        self.clock = clock
        writer = ImportWriter(
            write: WriteProducts(audit: audit, ids: ids, clock: clock, acceptance: acceptance), ids: ids)
    }

    /// - Throws: ``MediaStorageError``; `PostgresError`; `JobOwnershipLost`.
    package func callAsFunction(_ job: Job, in claim: some Claim) async throws {
        guard let begun = try await begin(job.importID, in: claim) else { return try await claim.finish { _ in } }
        do {
            guard try await run(begun, in: claim) else { return try await claim.finish { _ in } }
            try await end(job.importID, .done, nil, in: claim)
        } catch let fault as ImportFault {
            try await end(job.importID, .failed, fault.message, in: claim)
        }
    }

    private func begin(_ id: ID<ProductImport>, in claim: some Claim) async throws -> ProductImport? {
        try await claim.withUnitOfWork { work in
            guard var one = try await store.lock(id, in: work), !one.state.isOver else { return nil }
            one.state = .running
            try await store.update(one, in: work)
            return one
        }
    }

    private func end(
        _ id: ID<ProductImport>, _ state: ProductImport.State, _ problem: String?, in claim: some Claim
    ) async throws {
        let now = clock.now.roundedToMicroseconds
        try await claim.finish { work in
            guard var one = try await store.lock(id, in: work), !one.state.isOver else { return }
            one.state = state
            one.problem = problem
            one.finishedAt = now
            try await store.update(one, in: work)
            try await MediaReferences().end(from: id, in: work)
        }
    }

    /// - Returns: whether it came to the end of the file; false where somebody has cancelled it.
    private func run(_ begun: ProductImport, in claim: some Claim) async throws -> Bool {
        let categories = try await claim.withUnitOfWork { try await CategoryStore().tree(from: $0) }
        guard try await directory.size(of: begun.media) != nil else { throw ImportFault("the file is lost") }
        var survey = ImportSurvey(as: begun.layout)
        try await directory.read(begun.media) { try survey.take($0) }
        try survey.finish()
        var reading = ImportReading(
            as: begun.layout,
            LayoutContext(currency: begun.currency, categories: CategoryIndex(categories)),
            families: survey.families)
        var progress = ImportProgress(of: begun, batch: Self.batch)
        var isGoingOn = true
        try await directory.read(begun.media) { piece in
            guard isGoingOn else { return }
            for product in try reading.take(piece) {
                guard isGoingOn, let batch = try progress.add(product) else { continue }
                isGoingOn = try await write(batch, of: begun, reading, in: claim)
            }
        }
        guard isGoingOn else { return false }
        for product in try reading.finish() {
            guard isGoingOn, let batch = try progress.add(product) else { continue }
            isGoingOn = try await write(batch, of: begun, reading, in: claim)
        }
        guard isGoingOn else { return false }
        return try await write(progress.takeRest(), of: begun, reading, in: claim)
    }

    private func write(
        _ batch: ImportBatch, of begun: ProductImport, _ reading: ImportReading, in claim: some Claim
    ) async throws -> Bool {
        let (layout, columns) = (reading.head?.layout, Array(reading.ownColumns.prefix(Self.toldColumns)))
        do {
            return try await claim.withUnitOfWork { work in
                try await writer(batch, of: begun.id, layout, columns, in: work)
            }
        } catch {
            // Somebody took one of the SKUs meanwhile, or two variants trade their choices: each for itself, so that it alone is refused.
            guard (error as? PostgresError)?.constraintName != nil else { throw error }
            for part in batch.parts {
                let isGoingOn = try await writeAlone(part, of: begun, layout, columns, in: claim)
                guard isGoingOn else { return false }
            }
            return true
        }
    }

    private func writeAlone(
        _ batch: ImportBatch, of begun: ProductImport, _ layout: ImportLayout?, _ columns: [String],
        in claim: some Claim
    ) async throws -> Bool {
        do {
            return try await claim.withUnitOfWork { work in
                try await writer(batch, of: begun.id, layout, columns, in: work)
            }
        } catch {
            guard let constraint = (error as? PostgresError)?.constraintName else { throw error }
            let refused = batch.refused("conflict", "the catalogue does not take it (\(constraint))")
            return try await claim.withUnitOfWork { work in
                try await writer(refused, of: begun.id, layout, columns, in: work)
            }
        }
    }

    private static let toldColumns = 200
}
