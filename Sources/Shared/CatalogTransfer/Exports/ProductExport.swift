package import Core
package import Foundation
package import Media
import Postgres
package import Vendors

/// A vendor's products as a file, in the layout that imports again as it is.
package struct ProductExport: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "exp"

    package enum State: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case queued, done, failed
    }

    package let id: ID<ProductExport>
    package let vendor: ID<Vendor>
    package internal(set) var state: State
    /// The private file, once it is written.
    package internal(set) var media: ID<MediaFile>?
    /// How many are in it.
    package internal(set) var products: Int64?
    package internal(set) var problem: String?
    package let createdBy: AuditActor
    package let createdAt: Date
    package internal(set) var finishedAt: Date?

    package init(
        id: ID<ProductExport>, vendor: ID<Vendor>, state: State = .queued, media: ID<MediaFile>? = nil,
        products: Int64? = nil, problem: String? = nil, createdBy: AuditActor, createdAt: Date, finishedAt: Date? = nil
    ) {
        self.id = id
        self.vendor = vendor
        self.state = state
        self.media = media
        self.products = products
        self.problem = problem
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }
}
