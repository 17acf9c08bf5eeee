package import Core
import Foundation
package import Identity
package import Jobs
package import NIOCore
import Postgres

/// How many bytes the files of one vendor may take together.
package struct MediaQuota: Hashable, Sendable {
    package let vendor: Int64
    /// Of those whom the marketplace has not let sell yet.
    package let applicant: Int64

    package init(vendor: Int64, applicant: Int64) {
        self.vendor = vendor
        self.applicant = applicant
    }
}

/// Takes in a file: first its bytes, then its row.
package struct UploadMedia: Sendable {
    private let store = MediaStore()
    private let directory: MediaDirectory
    private let quota: MediaQuota
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(
        directory: MediaDirectory, quota: MediaQuota, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock
    ) {
        self.directory = directory
        self.quota = quota
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// Writes the bytes to the disk, where they wait for ``callAsFunction(_:by:in:)``.
    /// - Throws: a 422 `Problem` for what is not acceptable, also in the bytes; 413 for too many of them; ``MediaStorageError``;
    ///   what `pieces` throws. Nothing stays then.
    package func stage<Pieces: AsyncSequence>(
        _ new: NewMedia, _ pieces: Pieces, by principal: Principal
    ) async throws -> StagedMedia where Pieces.Element == ByteBuffer {
        try new.check()
        let owner = try owner(of: new, for: principal)
        let id = ID<MediaFile>(uuid: ids.next())
        var inspector = ContentInspector(new.contentType, maximumBytes: new.purpose.maximumBytes)
        var digest: [UInt8] = []
        try await directory.stage(pieces, as: id) { piece in
            try inspector.pass(piece)
        } whole: {
            digest = try inspector.finish()
        }
        let media = MediaFile(
            id: id, vendor: owner, purpose: new.purpose, visibility: new.visibility, contentType: new.contentType,
            sizeBytes: Int64(inspector.count), sha256: digest, fileName: new.fileName, createdBy: principal.actor,
            createdAt: clock.now.roundedToMicroseconds)
        return StagedMedia(media: media, directory: directory)
    }

    /// Adds the row. The caller tells ``StagedMedia`` what has come of it.
    /// - Throws: a 422 `Problem` for an unknown vendor, a 409 one ("media-quota-exceeded"); `PostgresError`.
    package func callAsFunction(
        _ staged: StagedMedia, by principal: Principal, in work: UnitOfWork
    ) async throws -> MediaFile {
        let media = staged.media
        do {
            guard try await store.charge(media, quota: quota, in: work) else { throw Problem.mediaQuotaExceeded }
            try await store.insert(media, in: work)
        } catch let error as PostgresError where Self.vendorConstraints.contains(error.constraintName ?? "") {
            throw Problem.unknownVendor
        }
        if media.visibility == .public { try work.enqueue(MakeMediaVariants.Job(mediaID: media.id)) }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "media.uploaded", subject: media.id,
                payload: [
                    "purpose": .string(media.purpose.rawValue), "visibility": .string(media.visibility.rawValue),
                    "content_type": .string(media.contentType.rawValue), "size_bytes": .integer(media.sizeBytes),
                    "sha256": .string(Hexadecimal.encode(media.sha256)),
                    "vendor_id": media.vendor.map { .string(TypeID.encode(prefix: "ven", uuid: $0)) } ?? .null,
                ]), in: work)
        return media
    }

    /// A vendor's own for whoever acts for one; as it is asked for by those who reach everything.
    private func owner(of new: NewMedia, for principal: Principal) throws(Problem) -> UUID? {
        switch principal.visibility {
        case .everything: return new.vendor
        case .vendor(let own):
            guard new.vendor.map({ $0 == own }) ?? true else { throw Problem.unknownVendor }
            return own
        case .customer, .order, .cart, .nothing: throw Problem.unknownVendor
        }
    }

    private static let vendorConstraints: Set = ["media_vendor", "media_usage_vendor"]
}

/// A file whose bytes are on the disk and whose row is not committed yet.
package struct StagedMedia: Sendable {
    package let media: MediaFile
    private let directory: MediaDirectory

    init(media: MediaFile, directory: MediaDirectory) {
        self.media = media
        self.directory = directory
    }

    /// The row is committed. Where the file can't be moved now, whoever reads it first does.
    package func place() async {
        do {
            try await directory.place(media.id)
        } catch {
            // Told to the log already.
        }
    }

    /// There will be no row.
    package func discard() async { await directory.discard(media.id) }
}

extension Problem {
    package static let mediaQuotaExceeded = Problem.conflict(
        "media-quota-exceeded", title: "There is no room left",
        detail: "The vendor's files take all that they may together; delete some that are not needed")
}
