package import Core
import Foundation
package import Jobs
package import Logging

/// Clears away what crashes have left in the folder: files whose row never came, files of committed rows that were not moved, and those
/// of deleted rows whose own job has died.
package struct SweepMedia: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "media.sweep"
        package static let queue = QueueName.maintenance

        package init() {}
    }

    /// No upload and no transaction takes so long.
    static let age: TimeInterval = 24 * 3600
    /// In one run; what is left waits for the next one.
    private static let maximumFiles = 10_000

    private let store = MediaStore()
    private let directory: MediaDirectory
    private let clock: any WallClock
    private let logger: Logger

    package init(directory: MediaDirectory, clock: some WallClock, logger: Logger) {
        self.directory = directory
        self.clock = clock
        self.logger = logger
    }

    package func run(in claim: some Claim) async throws {
        try await claim.hold()
        let moment = clock.now - Self.age
        let staged = try await directory.staged(before: moment, atMost: Self.maximumFiles)
        for id in staged {
            if try await claim.withUnitOfWork({ work in try await store.isKept(id, in: work) }) {
                try await directory.place(id)
            } else {
                await directory.discard(id)
            }
        }
        let deleted = try await claim.withUnitOfWork { work in
            try await store.unremoved(deletedBefore: moment, atMost: Self.maximumFiles, in: work)
        }
        for id in deleted {
            try await directory.remove(id)
            try await claim.withUnitOfWork { work in
                try await store.markRemoved(id, at: clock.now.roundedToMicroseconds, in: work)
            }
        }
        logger.info("Media swept", metadata: ["staged": "\(staged.count)", "deleted": "\(deleted.count)"])
        try await claim.finish { _ in }
    }
}
