package import Catalog
package import Core
package import Foundation
package import Media
import Postgres
package import Vendors

/// A file of products that is taken into the catalogue.
package struct ProductImport: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "imp"

    package enum State: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case queued, running, done, failed, cancelled

        package var isOver: Bool { self != .queued && self != .running }
    }

    package let id: ID<ProductImport>
    package let vendor: ID<Vendor>
    package let media: ID<MediaFile>
    /// nil until it is known from the file's head.
    package internal(set) var layout: ImportLayout?
    /// What prices are in where the file doesn't say.
    package let currency: Currency
    /// Whether nothing is written but the report.
    package let isDryRun: Bool
    package internal(set) var state: State
    package internal(set) var counts: ImportCounts
    /// The columns that the catalogue has no place for: they are kept with the products.
    package internal(set) var keptColumns: [String]
    /// Why it ended early.
    package internal(set) var problem: String?
    package let author: ImportAuthor
    package let createdAt: Date
    package internal(set) var finishedAt: Date?

    package init(
        id: ID<ProductImport>, vendor: ID<Vendor>, media: ID<MediaFile>, layout: ImportLayout?, currency: Currency,
        isDryRun: Bool, state: State = .queued, counts: ImportCounts = ImportCounts(), keptColumns: [String] = [],
        problem: String? = nil, author: ImportAuthor, createdAt: Date, finishedAt: Date? = nil
    ) {
        self.id = id
        self.vendor = vendor
        self.media = media
        self.layout = layout
        self.currency = currency
        self.isDryRun = isDryRun
        self.state = state
        self.counts = counts
        self.keptColumns = keptColumns
        self.problem = problem
        self.author = author
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }
}

/// What became of the products of a file so far.
package struct ImportCounts: Hashable, Sendable {
    package var created: Int64 = 0
    package var updated: Int64 = 0
    package var unchanged: Int64 = 0
    package var refused: Int64 = 0
    package var skipped: Int64 = 0

    package init() {}

    package var all: Int64 { created + updated + unchanged + refused + skipped }

    mutating func count(_ outcome: ImportOutcome) {
        switch outcome {
        case .created: created += 1
        case .updated: updated += 1
        case .unchanged: unchanged += 1
        case .refused: refused += 1
        case .skipped: skipped += 1
        }
    }
}

/// What became of a product of a file.
package enum ImportOutcome: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case created, updated, unchanged
    /// It is not acceptable.
    case refused
    /// It is none that could be sold here.
    case skipped
}

/// The report of one product of a file.
package struct ImportRow: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "imr"

    package let id: ID<ImportRow>
    package let line: Int
    package let lastLine: Int
    /// What the file calls it.
    package let key: String
    package let outcome: ImportOutcome
    package let product: ID<Product>?
    /// What was refused, assumed or left out, its pictures included.
    package internal(set) var notes: [ImportNote]
    /// The columns of it that are kept and mean nothing to the catalogue.
    package let keptColumns: [String]

    package init(
        id: ID<ImportRow>, line: Int, lastLine: Int, key: String, outcome: ImportOutcome, product: ID<Product>?,
        notes: [ImportNote], keptColumns: [String]
    ) {
        self.id = id
        self.line = line
        self.lastLine = lastLine
        self.key = key
        self.outcome = outcome
        self.product = product
        self.notes = notes
        self.keptColumns = keptColumns
    }
}
