package import Core
import Foundation
import Identity
package import Jobs
package import Media
import NIOCore
import Orders
import Postgres
import Values

/// Writes orders into a private file, some of them at a time, and deletes it when its time is over.
package struct RunOrderExport: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "orders.export"
        package static let queue = QueueName.imports

        package let exportID: ID<OrderExport>

        package init(exportID: ID<OrderExport>) { self.exportID = exportID }
    }

    package struct Removal: JobPayload, Hashable {
        package static let kind = "orders.remove_export"
        package static let queue = QueueName.maintenance

        package let exportID: ID<OrderExport>

        package init(exportID: ID<OrderExport>) { self.exportID = exportID }
    }

    private let store = OrderExportStore()
    private let upload: UploadMedia
    private let delete: DeleteMedia
    private let clock: any WallClock

    package init(upload: UploadMedia, delete: DeleteMedia, clock: some WallClock) {
        self.upload = upload
        self.delete = delete
        self.clock = clock
    }

    /// - Throws: ``MediaStorageError``; `PostgresError`; `JobOwnershipLost`.
    package func callAsFunction(_ job: Job, in claim: some Claim) async throws {
        let found = try await claim.withUnitOfWork { work in
            try await store.find(job.exportID, visibleTo: .everything, in: work)
        }
        guard let found, found.state == .queued else { return try await claim.finish { _ in } }
        let pieces = OrderExportPieces(filter: found.filter, claim: claim)
        let staged: StagedMedia
        do {
            staged = try await upload.stage(
                NewMedia(
                    vendor: nil, purpose: .orderExport, visibility: .private, contentType: .csv,
                    fileName: "orders.csv"), pieces, by: .system)
        } catch let problem as Problem {
            return try await claim.finish { try await fail(job.exportID, problem, in: $0) }
        }
        let orders = await pieces.progress.orders
        let isKept = try await claim.finish { work in
            guard var export = try await store.lock(job.exportID, in: work), export.state == .queued else {
                return false
            }
            let now = clock.now.roundedToMicroseconds
            let media = try await upload(staged, by: .system, in: work)
            (export.state, export.media, export.orders) = (.done, media.id, orders)
            (export.finishedAt, export.expiresAt) = (now, now + OrderExport.lifetime)
            try await store.update(export, in: work)
            try work.enqueue(Removal(exportID: export.id), runAt: export.expiresAt)
            return true
        }
        if isKept { await staged.place() } else { await staged.discard() }
    }

    /// Deletes the file of an export whose time is over. Again it does nothing.
    package func remove(_ job: Removal, in work: UnitOfWork) async throws {
        guard var export = try await store.lock(job.exportID, in: work), let media = export.media else { return }
        (export.state, export.media) = (.ended, nil)
        try await store.update(export, in: work)
        try await delete.discard(media, in: work)
    }

    private func fail(_ id: ID<OrderExport>, _ problem: Problem, in work: UnitOfWork) async throws {
        guard var export = try await store.lock(id, in: work), export.state == .queued else { return }
        (export.state, export.problem) = (.failed, problem.detail ?? problem.title)
        export.finishedAt = clock.now.roundedToMicroseconds
        try await store.update(export, in: work)
    }
}

/// The pieces of a file, made when they are asked for.
private struct OrderExportPieces<Scope: Claim>: AsyncSequence {
    typealias Element = ByteBuffer

    /// How many orders are read at once.
    private static var batch: Int { 200 }

    /// How far it has come; of one iteration.
    actor Progress {
        var orders: Int64 = 0
        func add(_ count: Int) { orders += Int64(count) }
    }

    let filter: OrderFilter
    let claim: Scope
    let progress = Progress()

    struct AsyncIterator: AsyncIteratorProtocol {
        let pieces: OrderExportPieces
        var hasHead = false
        var last: ID<Order>?

        mutating func next() async throws -> ByteBuffer? {
            guard hasHead else {
                hasHead = true
                var file = CSVWriter()
                pieces.layout.writeHead(to: &file)
                return ByteBuffer(bytes: file.bytes)
            }
            guard let (end, bytes) = try await pieces.page(after: last) else { return nil }
            last = end
            return ByteBuffer(bytes: bytes)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self) }

    private var layout: OrderExportLayout { filter.vendor == nil ? .marketplace : .vendor }

    private func page(after last: ID<Order>?) async throws -> (ID<Order>, [UInt8])? {
        let (filter, store) = (filter, OrderExportStore())
        let read = try await claim.withUnitOfWork { work in
            let ids = try await store.orders(filter, after: last, limit: Self.batch, in: work)
            return (ids, try await store.records(of: ids, filter: filter, in: work))
        }
        guard let end = read.0.last else { return nil }
        var file = CSVWriter()
        for record in read.1 { layout.write(record, to: &file) }
        await progress.add(read.0.count)
        return (end, file.bytes)
    }
}
