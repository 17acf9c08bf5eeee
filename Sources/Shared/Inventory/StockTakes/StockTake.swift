package import Core
package import Foundation
import Postgres
package import Vendors

/// A count of what stands on the shelves, as a table says; a job goes through it row by row.
package struct StockTake: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "stk"

    package enum State: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case waiting, done
    }

    package let id: ID<StockTake>
    package let vendor: ID<Vendor>
    package let state: State
    package let rowCount: Int
    /// How many rows have come to what.
    package let outcomes: [StockTakeOutcome: Int]
    package let createdBy: AuditActor
    package let createdAt: Date
    package let finishedAt: Date?

    package init(
        id: ID<StockTake>, vendor: ID<Vendor>, state: State = .waiting, rowCount: Int,
        outcomes: [StockTakeOutcome: Int] = [:], createdBy: AuditActor, createdAt: Date, finishedAt: Date? = nil
    ) {
        self.id = id
        self.vendor = vendor
        self.state = state
        self.rowCount = rowCount
        self.outcomes = outcomes
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }
}

/// What came of a row.
package enum StockTakeOutcome: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case counted
    /// The count is what was there.
    case unchanged
    /// Something else was there than the row expects; nothing was changed.
    case stale
    /// Fewer units would be left than are reserved.
    case reserved
    case unknownSKU = "unknown_sku"
    /// The vendor has no location of that name, or several.
    case unknownLocation = "unknown_location"
    case unknownBatch = "unknown_batch"
    /// The stock of licence keys grows by importing keys.
    case licenceKeys = "licence_keys"
}

/// A row of a stock take.
package struct StockTakeRow: Hashable, Sendable {
    /// Of the table, its head included.
    package let line: Int
    package let sku: String
    /// A location's name or id; empty for the usual place.
    package let location: String
    /// A batch's code; empty for units of none.
    package let batch: String
    /// What the count replaces.
    package let expected: Int64
    package let counted: Int64
    /// nil until it was its turn.
    package let outcome: StockTakeOutcome?
    /// What was there, where that is not what was expected.
    package let found: Int64?

    package init(
        line: Int, sku: String, location: String = "", batch: String = "", expected: Int64, counted: Int64,
        outcome: StockTakeOutcome? = nil, found: Int64? = nil
    ) {
        self.line = line
        self.sku = sku
        self.location = location
        self.batch = batch
        self.expected = expected
        self.counted = counted
        self.outcome = outcome
        self.found = found
    }
}

/// The table of a stock take as it was sent.
package struct StockTakeTable: Hashable, Sendable {
    package static let columns = ["sku", "location", "batch", "expected", "count"]
    package static let mostRows = 20_000
    package static let largestBody = 2 << 20

    package let rows: [StockTakeRow]

    package init(rows: [StockTakeRow]) { self.rows = rows }
}
