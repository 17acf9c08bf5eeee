package import Core
import Crypto
import Foundation
import Identity
package import Jobs
package import Logging
import NIOCore

/// Makes the smaller pictures of one that everybody may fetch.
package struct MakeMediaVariants: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "media.make_variants"
        package static let queue = QueueName.pictures

        package let mediaID: ID<MediaFile>

        package init(mediaID: ID<MediaFile>) { self.mediaID = mediaID }

        package var uniqueKey: String? { mediaID.description }
    }

    /// In pixels.
    package static let widths = [160, 480, 960, 1600]

    private let store = MediaStore()
    private let directory: MediaDirectory
    private let scaler: any PictureScaler
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(directory: MediaDirectory, scaler: some PictureScaler, ids: UUIDv7Generator, clock: some WallClock) {
        self.directory = directory
        self.scaler = scaler
        self.ids = ids
        self.clock = clock
    }

    /// Once more it changes nothing. A picture of which nothing can be made is shown as it is.
    /// - Throws: ``MediaStorageError``; `PostgresError`; `JobOwnershipLost`.
    package func callAsFunction(_ job: Job, in claim: some Claim, logger: Logger) async throws {
        try await claim.hold()
        let known = try await claim.withUnitOfWork { work in
            let media = try await store.media(job.mediaID, visibleTo: .everything, in: work)
            return try await store.variants(of: [job.mediaID], in: work).isEmpty ? media : nil
        }
        guard let original = known, try await directory.size(of: original.id) == original.sizeBytes else {
            return try await claim.finish { _ in }
        }
        let scaled: [ScaledPicture]
        do {
            scaled = try await scaler.scale(try await bytes(of: original), to: Self.widths)
        } catch let problem as UnusablePicture {
            logger.warning(
                "A picture has no smaller ones", metadata: ["media_id": "\(original.id)", "reason": "\(problem)"])
            return try await claim.finish { _ in }
        }
        try await keep(scaled, of: original, in: claim)
    }

    private func bytes(of original: MediaFile) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(original.sizeBytes))
        try await directory.read(original.id) { bytes += $0.readableBytesView }
        return bytes
    }

    /// What a failure leaves staged is for the sweep, which looks for the rows.
    private func keep(_ scaled: [ScaledPicture], of original: MediaFile, in claim: some Claim) async throws {
        var variants: [(file: MediaFile, picture: ScaledPicture)] = []
        for picture in scaled {
            let id = ID<MediaFile>(uuid: ids.next())
            let pieces = AsyncStream<ByteBuffer> { stream in
                stream.yield(ByteBuffer(bytes: picture.bytes))
                stream.finish()
            }
            try await directory.stage(pieces, as: id) { _ in
            } whole: {
            }
            let file = MediaFile(
                id: id, vendor: original.vendor, purpose: original.purpose, visibility: original.visibility,
                contentType: picture.contentType, sizeBytes: Int64(picture.bytes.count),
                sha256: Array(SHA256.hash(data: picture.bytes)), fileName: nil, createdBy: .system,
                createdAt: clock.now.roundedToMicroseconds)
            variants.append((file, picture))
        }
        let all = variants
        let areKept = try await claim.finish { work in
            guard try await store.hold(original.id, visibleTo: .everything, in: work) != nil,
                try await store.variants(of: [original.id], in: work).isEmpty
            else { return false }
            for (file, picture) in all {
                try await store.insert(file, of: original.id, width: picture.width, height: picture.height, in: work)
            }
            return true
        }
        for (file, _) in all {
            if areKept { try await directory.place(file.id) } else { await directory.discard(file.id) }
        }
    }
}
