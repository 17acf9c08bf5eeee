package import Core
import Foundation
import Identity
package import Logging
package import NIOCore
package import Postgres

/// Gives out the bytes of files: public ones to everybody, private ones by a link that is good.
package struct FetchMedia: Sendable {
    private let store = MediaStore()
    private let directory: MediaDirectory
    private let links: MediaLinks
    private let clock: any WallClock
    private let logger: Logger

    package init(directory: MediaDirectory, links: MediaLinks, clock: some WallClock, logger: Logger) {
        self.directory = directory
        self.links = links
        self.clock = clock
        self.logger = logger
    }

    /// What a file's address asks for besides its id.
    package struct Proof: Hashable, Sendable {
        package let expires: String
        package let signature: String

        package init(expires: String, signature: String) {
            self.expires = expires
            self.signature = signature
        }
    }

    /// The file, if it may be fetched.
    /// - Throws: a 404 `Problem` where there is none or it is private and nothing proves a right to it, so that the two can't be told
    ///   apart; ``MediaStorageError``; `PostgresError`.
    package func callAsFunction(
        _ id: ID<MediaFile>, _ proof: Proof?, in executor: some PostgresExecutor
    ) async throws -> FetchedMedia {
        let opens =
            proof.map { links.opens(id, expires: $0.expires, signature: $0.signature, at: clock.now) } ?? false
        guard
            let media = try await store.media(
                id, visibleTo: .everything, includingPersonal: true, in: executor),
            media.visibility == .public || opens
        else { throw Problem.notFound("file") }
        guard try await directory.size(of: id) == media.sizeBytes else {
            logger.critical("A file is lost or cut off in the media directory", metadata: ["media_id": "\(id)"])
            throw MediaFileLost()
        }
        return FetchedMedia(media: media, directory: directory)
    }
}

/// A file that may be given out.
package struct FetchedMedia: Sendable {
    package let media: MediaFile
    private let directory: MediaDirectory

    init(media: MediaFile, directory: MediaDirectory) {
        self.media = media
        self.directory = directory
    }

    /// Goes through the bytes, a block at a time.
    package func read(_ body: (ByteBuffer) async throws -> Void) async throws {
        try await directory.read(media.id, body)
    }

    /// Goes through a part of them.
    /// - Parameters:
    ///   - start: the first byte.
    ///   - count: how many.
    package func read(from start: Int64, count: Int64, _ body: (ByteBuffer) async throws -> Void) async throws {
        try await directory.read(media.id, from: start, count: count, body)
    }
}

/// A row is there and its file is not.
struct MediaFileLost: Error {}
