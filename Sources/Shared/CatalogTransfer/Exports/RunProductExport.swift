import Catalog
package import Core
import Foundation
import Identity
package import Jobs
package import Media
import NIOCore
import Postgres
import Values
import Vendors

/// Writes a vendor's products into a private file, some of them at a time.
package struct RunProductExport: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "catalogue.export_products"
        package static let queue = QueueName.imports

        package let exportID: ID<ProductExport>

        package init(exportID: ID<ProductExport>) { self.exportID = exportID }
    }

    /// How many products are read at once.
    private static let batch = 200

    private let store = ProductExportStore()
    private let upload: UploadMedia
    private let links: MediaLinks
    private let clock: any WallClock

    package init(upload: UploadMedia, links: MediaLinks, clock: some WallClock) {
        self.upload = upload
        self.links = links
        self.clock = clock
    }

    /// - Throws: ``MediaStorageError``; `PostgresError`; `JobOwnershipLost`.
    package func callAsFunction(_ job: Job, in claim: some Claim) async throws {
        let begun = try await claim.withUnitOfWork { work in
            (
                try await store.find(job.exportID, visibleTo: .everything, in: work),
                try await CategoryStore().tree(from: work)
            )
        }
        guard let one = begun.0, one.state == .queued else { return try await claim.finish { _ in } }
        let pages = ExportPages(
            of: one.vendor, categories: CategoryIndex(begun.1), links: links, clock: clock, batch: Self.batch, in: claim
        )
        let keeper = Principal.keeper(of: one.vendor)
        let staged: StagedMedia
        do {
            staged = try await upload.stage(
                NewMedia(
                    vendor: one.vendor.uuid, purpose: .import, visibility: .private, contentType: .csv,
                    fileName: "products.csv"), pages, by: keeper)
        } catch let problem as Problem {
            return try await claim.finish { try await fail(one, problem, in: $0) }
        }
        do {
            let products = await pages.progress.products
            try await claim.finish { work in
                var done = one
                let media = try await upload(staged, by: keeper, in: work)
                (done.state, done.media, done.products) = (.done, media.id, products)
                done.finishedAt = clock.now.roundedToMicroseconds
                try await store.update(done, in: work)
            }
        } catch let problem as Problem {
            await staged.discard()
            return try await claim.finish { try await fail(one, problem, in: $0) }
        }
        await staged.place()
    }

    private func fail(_ one: ProductExport, _ problem: Problem, in work: UnitOfWork) async throws {
        var failed = one
        (failed.state, failed.problem) = (.failed, problem.detail ?? problem.title)
        failed.finishedAt = clock.now.roundedToMicroseconds
        try await store.update(failed, in: work)
    }
}

/// The pieces of an export, made when they are asked for.
private struct ExportPages<Scope: Claim>: AsyncSequence {
    typealias Element = ByteBuffer

    /// How far it has come; of one iteration.
    actor Progress {
        var products: Int64 = 0
        func add(_ count: Int) { products += Int64(count) }
    }

    let vendor: ID<Vendor>
    let categories: CategoryIndex
    let links: MediaLinks
    let clock: any WallClock
    let batch: Int
    let claim: Scope
    let progress = Progress()

    init(
        of vendor: ID<Vendor>, categories: CategoryIndex, links: MediaLinks, clock: any WallClock, batch: Int,
        in claim: Scope
    ) {
        self.vendor = vendor
        self.categories = categories
        self.links = links
        self.clock = clock
        self.batch = batch
        self.claim = claim
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        let pages: ExportPages
        var ownColumns: [String]?
        var last: ID<Product>?

        mutating func next() async throws -> ByteBuffer? {
            var file = CSVWriter()
            guard let ownColumns else {
                let columns = try await pages.ownColumns()
                ownColumns = columns
                for name in TableHead.haatColumns.map(\.name) + columns { file.write(SpreadsheetText.guarded(name)) }
                file.endRecord()
                return ByteBuffer(bytes: file.bytes)
            }
            guard let (end, bytes) = try await pages.page(after: last, ownColumns) else { return nil }
            last = end
            return ByteBuffer(bytes: bytes)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pages: self) }

    /// Those that are not called as one of ours.
    private func ownColumns() async throws -> [String] {
        let vendor = vendor
        let all = try await claim.withUnitOfWork { try await ProductExportStore().ownColumns(of: vendor, in: $0) }
        return all.filter { TableHead.haat[UTF8Text($0).lowercasedASCII.string] == nil }
    }

    private func page(after last: ID<Product>?, _ ownColumns: [String]) async throws -> (ID<Product>, [UInt8])? {
        let (vendor, batch, time) = (vendor, batch, clock.now.roundedToMicroseconds)
        let store = ProductExportStore()
        let read = try await claim.withUnitOfWork { work in
            let ids = try await store.products(of: vendor, after: last, limit: batch, in: work)
            return (
                ids, try await CatalogueEntries().entries(ids, of: vendor, at: time, in: work),
                try await store.keys(of: ids, in: work), try await store.media(of: ids, in: work)
            )
        }
        guard let end = read.0.last else { return nil }
        let keys = Dictionary(read.2.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first })
        let media = Dictionary(grouping: read.3, by: \.0)
        var file = CSVWriter()
        for id in read.0 {
            guard let entry = read.1[id] else { continue }
            ExportRows(
                product: entry, categories: categories, links: links, ownColumns: ownColumns, key: keys[id],
                media: (media[id] ?? []).map { ProductMedia(media: $0.1, variant: $0.2, altText: $0.3) }
            ).write(to: &file)
        }
        await progress.add(read.0.count)
        return (end, file.bytes)
    }
}
