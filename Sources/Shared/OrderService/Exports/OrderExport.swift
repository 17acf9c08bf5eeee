package import Core
package import Foundation
package import Media
package import Orders
import Postgres
package import Vendors

/// Orders as a file: one record for each line. Whole orders with their customers, for the marketplace; or one vendor's parts of them, as
/// the vendor may know them.
package struct OrderExport: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "oex"
    /// How long the file stays, in seconds: it tells of people.
    package static let lifetime: TimeInterval = 7 * 86_400

    package enum State: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case queued, done, failed
        /// The file was there, and is deleted.
        case ended
    }

    package let id: ID<OrderExport>
    /// Its vendor is whose parts the file has, and who may have it; nil: the marketplace's.
    package let filter: OrderFilter
    package internal(set) var state: State
    /// The private file, while it is there.
    package internal(set) var media: ID<MediaFile>?
    /// How many are in it.
    package internal(set) var orders: Int64?
    package internal(set) var problem: String?
    package let createdBy: AuditActor
    package let createdAt: Date
    package internal(set) var finishedAt: Date?
    /// When the file is deleted.
    package internal(set) var expiresAt: Date?

    package init(
        id: ID<OrderExport>, filter: OrderFilter, state: State = .queued, media: ID<MediaFile>? = nil,
        orders: Int64? = nil, problem: String? = nil, createdBy: AuditActor, createdAt: Date, finishedAt: Date? = nil,
        expiresAt: Date? = nil
    ) {
        self.id = id
        self.filter = filter
        self.state = state
        self.media = media
        self.orders = orders
        self.problem = problem
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.expiresAt = expiresAt
    }

    package var vendor: ID<Vendor>? { filter.vendor }
}
