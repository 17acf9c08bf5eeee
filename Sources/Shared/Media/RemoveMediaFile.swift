package import Core
import Foundation
package import Jobs

/// Takes the bytes of a deleted file from the folder.
package struct RemoveMediaFile: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "media.remove_file"
        package static let queue = QueueName.maintenance

        package let mediaID: ID<MediaFile>

        package init(mediaID: ID<MediaFile>) { self.mediaID = mediaID }

        package var uniqueKey: String? { mediaID.description }
    }

    private let store = MediaStore()
    private let directory: MediaDirectory
    private let clock: any WallClock

    package init(directory: MediaDirectory, clock: some WallClock) {
        self.directory = directory
        self.clock = clock
    }

    /// Does nothing to a file that is not deleted.
    package func callAsFunction(_ job: Job, in claim: some Claim) async throws {
        try await claim.hold()
        guard try await claim.withUnitOfWork({ work in try await !store.isKept(job.mediaID, in: work) }) else {
            return try await claim.finish { _ in }
        }
        try await directory.remove(job.mediaID)
        try await claim.finish { work in
            try await store.markRemoved(job.mediaID, at: clock.now.roundedToMicroseconds, in: work)
        }
    }
}
