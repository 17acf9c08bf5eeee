package import Core
package import Foundation
package import Identity
package import Media
package import Postgres

/// A file with all that the marketplace holds about a person, made because they asked.
package struct DataExport: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "dex"
    /// How long the file stays, in seconds.
    package static let lifetime: TimeInterval = 7 * 86_400
    /// How long a link to it is good, in seconds.
    package static let linkLifetime: TimeInterval = 15 * 60

    package enum State: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case queued, done, failed
        /// The file was there, and is deleted.
        case ended
    }

    package let id: ID<DataExport>
    package let account: ID<Account>
    package internal(set) var state: State
    /// The file, while it is there.
    package internal(set) var media: ID<MediaFile>?
    package let requestedAt: Date
    package internal(set) var finishedAt: Date?
    /// When the file is deleted.
    package internal(set) var expiresAt: Date?

    package init(
        id: ID<DataExport>, account: ID<Account>, state: State = .queued, media: ID<MediaFile>? = nil,
        requestedAt: Date, finishedAt: Date? = nil, expiresAt: Date? = nil
    ) {
        self.id = id
        self.account = account
        self.state = state
        self.media = media
        self.requestedAt = requestedAt
        self.finishedAt = finishedAt
        self.expiresAt = expiresAt
    }
}
