package import Catalog
package import Core
import Identity
package import Jobs
package import Media
import NIOCore
import Postgres
import Vendors

/// Fetches the pictures that a file names for a product, and shows the product by them.
package struct FetchProductPictures: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "catalogue.fetch_pictures"
        package static let queue = QueueName.pictures

        package let importID: ID<ProductImport>
        package let productID: ID<Product>

        package init(importID: ID<ProductImport>, productID: ID<Product>) {
            self.importID = importID
            self.productID = productID
        }
    }

    /// How often an address is asked that gives no answer.
    static let maximumAttempts = 4

    private let store = PictureStore()
    private let source: any PictureSource
    private let upload: UploadMedia
    private let links: MediaLinks
    private let setMedia: SetProductMedia

    package init(
        source: some PictureSource, upload: UploadMedia, links: MediaLinks, audit: AuditStore, clock: some WallClock
    ) {
        self.source = source
        self.upload = upload
        self.links = links
        setMedia = SetProductMedia(audit: audit, clock: clock)
    }

    /// - Throws: `RetryLater` while addresses don't answer that may yet; ``MediaStorageError``; `PostgresError`.
    package func callAsFunction(_ job: Job, in claim: some Claim) async throws {
        let begun = try await claim.withUnitOfWork { work in
            (
                try await ProductImportStore().find(job.importID, visibleTo: .everything, in: work),
                try await store.pictures(of: job.productID, in: job.importID, from: work)
            )
        }
        guard let one = begun.0 else { return try await claim.finish { _ in } }
        var isWaiting = false
        for picture in begun.1 where picture.state == "waiting" {
            do {
                try await fetch(picture, job, of: one.vendor, in: claim)
            } catch let failure as PictureFailure {
                let isOver = !failure.isTemporary || picture.attempts + 1 >= Self.maximumAttempts
                if !isOver { isWaiting = true }
                try await claim.withUnitOfWork { work in
                    try await isOver
                        ? store.setFailed(
                            picture.position, of: job.productID, in: job.importID, because: failure.message, in: work)
                        : store.noteAttempt(picture.position, of: job.productID, in: job.importID, in: work)
                }
            }
        }
        guard !isWaiting else { throw RetryLater(after: .seconds(60), reason: "a picture’s host does not answer") }
        try await claim.finish { try await show(job, of: one.vendor, in: $0) }
    }

    private func fetch(
        _ picture: AwaitedPicture, _ job: Job, of vendor: ID<Vendor>, in claim: some Claim
    ) async throws {
        let known = try await claim.withUnitOfWork { work in
            let media = try await knownMedia(at: picture.url, of: vendor, in: work)
            if let media {
                try await store.setFetched(picture.position, of: job.productID, in: job.importID, as: media, in: work)
            }
            return media
        }
        guard known == nil else { return }
        let fetched = try await source.picture(at: picture.url)
        let keeper = Principal.keeper(of: vendor)
        let staged: StagedMedia
        do {
            staged = try await upload.stage(
                NewMedia(
                    vendor: vendor.uuid, purpose: .productImage, visibility: .public, contentType: fetched.type,
                    fileName: nil),
                [ByteBuffer(bytes: fetched.bytes)].async, by: keeper)
        } catch let problem as Problem {
            throw PictureFailure(problem.detail ?? problem.title)
        }
        await keep(staged, try await commit(staged, picture, job, of: vendor, by: keeper, in: claim))
    }

    /// Whether the staged file is what is kept, and not one with the same bytes.
    private func commit(
        _ staged: StagedMedia, _ picture: AwaitedPicture, _ job: Job, of vendor: ID<Vendor>, by keeper: Principal,
        in claim: some Claim
    ) async throws -> Bool {
        do {
            return try await claim.withUnitOfWork { work in
                let same = try await store.media(withDigest: staged.media.sha256, id: nil, of: vendor, in: work)
                let media = if let same { same } else { try await upload(staged, by: keeper, in: work).id }
                try await store.noteSource(picture.url, gave: media, of: vendor, in: work)
                try await store.setFetched(picture.position, of: job.productID, in: job.importID, as: media, in: work)
                return same == nil
            }
        } catch let problem as Problem {
            await staged.discard()
            throw PictureFailure(problem.detail ?? problem.title)
        }
    }

    private func keep(_ staged: StagedMedia, _ isKept: Bool) async {
        if isKept { await staged.place() } else { await staged.discard() }
    }

    /// What an address gave before, or what we ourselves give at it.
    private func knownMedia(
        at url: String, of vendor: ID<Vendor>, in work: UnitOfWork
    ) async throws -> ID<MediaFile>? {
        if let own = links.media(at: url) {
            return try await store.media(withDigest: nil, id: own, of: vendor, in: work)
        }
        return try await store.media(from: url, of: vendor, in: work)
    }

    /// The product by the file's pictures, and behind them by those that it had.
    private func show(_ job: Job, of vendor: ID<Vendor>, in work: UnitOfWork) async throws {
        var shown: [ProductMedia] = []
        for picture in try await store.pictures(of: job.productID, in: job.importID, from: work) {
            guard let media = picture.media, !shown.contains(where: { $0.media == media }) else { continue }
            shown.append(ProductMedia(media: media, variant: picture.variant, altText: picture.altText))
        }
        guard !shown.isEmpty else { return }
        let before = try await ProductMediaStore().media(of: job.productID, in: work)
        for old in before where !shown.contains(where: { $0.media == old.media }) { shown.append(old) }
        shown = Array(shown.prefix(ProductMedia.count.upperBound))
        guard shown != before else { return }
        do {
            _ = try await setMedia(shown, of: job.productID, by: .keeper(of: vendor), in: work)
        } catch let problem as Problem {
            for picture in try await store.pictures(of: job.productID, in: job.importID, from: work) {
                try await store.setFailed(
                    picture.position, of: job.productID, in: job.importID, because: problem.detail ?? problem.title,
                    in: work)
            }
        }
    }
}

extension Principal {
    /// The product itself, where it does for a vendor what the vendor may.
    static func keeper(of vendor: ID<Vendor>) -> Principal {
        Principal(.system, permissions: Set(Permission.allCases), visibility: .vendor(vendor.uuid))
    }
}

extension [ByteBuffer] {
    /// As they would arrive.
    fileprivate var async: AsyncStream<ByteBuffer> {
        AsyncStream { continuation in
            for piece in self { continuation.yield(piece) }
            continuation.finish()
        }
    }
}
