package import Core
import Foundation
import Identity
package import Jobs
package import Media
import NIOCore
import NIOPosix
package import Typesetting

/// Draws a document and keeps the files.
package struct DrawDocument: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "documents.draw"
        package static let queue = QueueName.documents

        package let documentID: ID<IssuedDocument>

        package init(documentID: ID<IssuedDocument>) { self.documentID = documentID }

        package var uniqueKey: String? { documentID.description }
    }

    private let store = IssuedDocumentStore()
    private let references = MediaReferences()
    private let typesetter: Typesetter
    private let upload: UploadMedia
    private let clock: any WallClock

    package init(typesetter: Typesetter, upload: UploadMedia, clock: some WallClock) {
        self.typesetter = typesetter
        self.upload = upload
        self.clock = clock
    }

    /// Draws what was not drawn yet. The files are the marketplace's: they count against no vendor's quota, and nobody deletes them.
    /// - Throws: `TypesettingError`; `MediaStorageError`; `PostgresError`; `JobOwnershipLost`.
    package func callAsFunction(_ job: Job, in claim: some Claim) async throws {
        let found = try await claim.withUnitOfWork { work in
            try await store.details(job.documentID, visibleTo: .everything, in: work)
        }
        guard let found else { return try await claim.finish { _ in } }
        let missing = Rendition.all(of: found.document.type).filter { found.document.files[$0] == nil }
        guard !missing.isEmpty else { return try await claim.finish { _ in } }
        var staged: [(rendition: Rendition, media: StagedMedia)] = []
        do {
            for rendition in missing { staged.append((rendition, try await stage(rendition, of: found))) }
            let files = staged
            try await claim.finish { work in
                for (rendition, media) in files {
                    let file = try await upload(media, by: .system, in: work)
                    try await store.add(
                        file.id, as: rendition, of: job.documentID, at: clock.now.roundedToMicroseconds, in: work)
                    try await references.set(
                        [file.id], ownedBy: nil, for: .orderDocument, from: job.documentID, as: rendition.rawValue,
                        pointer: "", in: work)
                }
            }
        } catch let problem as Problem {
            for (_, media) in staged { await media.discard() }
            throw problem
        }
        for (_, media) in staged { await media.place() }
    }

    private func stage(_ rendition: Rendition, of document: DocumentDetails) async throws -> StagedMedia {
        let publication = document.content.publication(rendition)
        let bytes = try await NIOThreadPool.singleton.runIfActive { [typesetter] in try typesetter.pdf(of: publication)
        }
        let name = document.document.number.map { $0 == "/" ? "-" : $0 }
        return try await upload.stage(
            NewMedia(
                vendor: nil, purpose: .orderDocument, visibility: .private, contentType: .pdf,
                fileName: "\(rendition.rawValue)-\(String(name)).pdf"), [ByteBuffer(bytes: bytes)].async, by: .system)
    }
}

extension [ByteBuffer] {
    /// Piece by piece.
    fileprivate var async: AsyncStream<ByteBuffer> {
        AsyncStream { continuation in
            for piece in self { continuation.yield(piece) }
            continuation.finish()
        }
    }
}
