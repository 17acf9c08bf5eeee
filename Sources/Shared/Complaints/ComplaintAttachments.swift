package import Core
import Foundation
package import Identity
package import Jobs
package import Media
package import NIOCore
package import Orders
import Postgres
import Vendors

/// Takes in the private files that somebody shows about an order, and gives them out to those who read about it. They belong to the
/// marketplace: what a customer has shown is not a vendor's.
package struct ComplaintAttachments: Sendable {
    /// How many an order has.
    package static let mostPerOrder = 100

    private let messages = ComplaintMessageStore()
    private let upload: UploadMedia
    private let issueLink: IssueMediaLink
    private let clock: any WallClock

    package init(upload: UploadMedia, issueLink: IssueMediaLink, clock: some WallClock) {
        self.upload = upload
        self.issueLink = issueLink
        self.clock = clock
    }

    /// Writes the bytes to the disk, where they wait for `add`.
    /// - Throws: a 422 `Problem` for what is not acceptable; 413 for too many bytes; `MediaStorageError`; what `pieces` throws.
    package func stage<Pieces: AsyncSequence>(
        _ contentType: MediaType, called name: String?, _ pieces: Pieces, by principal: Principal
    ) async throws -> StagedMedia where Pieces.Element == ByteBuffer {
        let new = NewMedia(
            vendor: nil, purpose: .complaintAttachment, visibility: .private, contentType: contentType, fileName: name)
        return try await upload.stage(new, pieces, by: Self.keeper(for: principal))
    }

    /// Adds a file that a customer shows about an order.
    /// - Throws: a 404 or 422 `Problem`; `PostgresError`.
    package func add(
        _ staged: StagedMedia, about order: ID<Order>, by principal: Principal, in work: UnitOfWork
    ) async throws -> MediaFile {
        guard try await OrderStore().order(order, visibleTo: principal.visibility, in: work) != nil else {
            throw Problem.notFound("order")
        }
        return try await note(staged, about: order, by: principal, in: work)
    }

    /// The same for staff and vendors, who reach a complaint by itself.
    /// - Throws: a 404 or 422 `Problem`; `PostgresError`.
    package func add(
        _ staged: StagedMedia, to complaint: ID<Complaint>, by principal: Principal, in work: UnitOfWork
    ) async throws -> MediaFile {
        let found = try await ComplaintStore().complaint(complaint, visibleTo: principal.visibility, in: work)
        guard let found else { throw Problem.notFound("complaint") }
        return try await note(staged, about: found.order, by: principal, in: work)
    }

    private func note(
        _ staged: StagedMedia, about order: ID<Order>, by principal: Principal, in work: UnitOfWork
    ) async throws -> MediaFile {
        let media = try await upload(staged, by: Self.keeper(for: principal), in: work)
        let side = ComplaintSide(of: principal)
        let now = clock.now.roundedToMicroseconds
        guard try await messages.insert(media.id, for: order, from: side, at: now, in: work) else {
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "", code: "too_many",
                    message: "an order has at most \(Self.mostPerOrder) files shown about it")
            ])
        }
        try await MediaReferences().set(
            [media.id], ownedBy: nil, for: .complaintAttachment, from: order, as: "complaint \(media.id)", pointer: "",
            in: work)
        return media
    }

    /// A link to a file that is about an order which is reached.
    /// - Parameter lifetime: in seconds.
    /// - Throws: a 404 or 422 `Problem`; `PostgresError`.
    package func link(
        to media: ID<MediaFile>, about order: ID<Order>, lasting lifetime: Int, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> MediaLink {
        guard try await OrderStore().order(order, visibleTo: principal.visibility, in: work) != nil else {
            throw Problem.notFound("order")
        }
        return try await link(to: media, about: order, complaint: nil, lasting: lifetime, by: principal, in: work)
    }

    /// The same for staff and vendors, who reach a complaint by itself.
    /// - Throws: a 404 or 422 `Problem`; `PostgresError`.
    package func link(
        to media: ID<MediaFile>, of complaint: ID<Complaint>, lasting lifetime: Int, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> MediaLink {
        let found = try await ComplaintStore().complaint(complaint, visibleTo: principal.visibility, in: work)
        guard let found else { throw Problem.notFound("complaint") }
        return try await link(
            to: media, about: found.order, complaint: found.id, lasting: lifetime, by: principal, in: work)
    }

    private func link(
        to media: ID<MediaFile>, about order: ID<Order>, complaint: ID<Complaint>?, lasting lifetime: Int,
        by principal: Principal, in work: UnitOfWork
    ) async throws -> MediaLink {
        let isReadable = try await messages.isReadable(
            media, about: order, complaint: complaint, by: ComplaintSide(of: principal), in: work)
        guard isReadable else { throw Problem.notFound("file") }
        return try await issueLink(media, lasting: lifetime, by: Self.keeper(for: principal), in: work)
    }

    /// Whoever shows something, as one who reaches the marketplace's own files.
    private static func keeper(for principal: Principal) -> Principal {
        Principal(
            principal.kind, permissions: principal.permissions, visibility: .everything, signedIn: principal.signedIn,
            support: principal.support)
    }
}
