package import Catalog
package import Core
package import Foundation
package import Postgres
package import Vendors

/// How keys stand in a file.
package enum KeyFileFormat: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    /// A table with a column `key` and, where keys end, `expires_on`. In quotes a key can have several lines.
    case csv
    /// One on each line.
    case lines
    /// Each of several lines, an empty one behind it.
    case blocks
}

/// A file of licence keys that a job reads into a batch.
package struct KeyFileImport: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "kim"
    /// How many keys a file may have.
    package static let mostKeys = 1_000_000
    /// In bytes.
    package static let largestFile = 48 << 20

    package enum State: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case queued, running, done, failed, cancelled

        package var isOver: Bool { self != .queued && self != .running }
    }

    package let id: ID<KeyFileImport>
    package let vendor: ID<Vendor>
    package let variant: ID<Variant>
    package let batch: ID<LicenceKeyBatch>
    package let format: KeyFileFormat
    /// Whether nothing is written but the report.
    package let isDryRun: Bool
    package internal(set) var state: State
    package internal(set) var counts: KeyImportCounts
    /// Why it ended early.
    package internal(set) var problem: String?
    package let createdBy: AuditActor
    package let createdAt: Date
    package internal(set) var finishedAt: Date?

    package init(
        id: ID<KeyFileImport>, vendor: ID<Vendor>, variant: ID<Variant>, batch: ID<LicenceKeyBatch>,
        format: KeyFileFormat, isDryRun: Bool, state: State = .queued, counts: KeyImportCounts = KeyImportCounts(),
        problem: String? = nil, createdBy: AuditActor, createdAt: Date, finishedAt: Date? = nil
    ) {
        self.id = id
        self.vendor = vendor
        self.variant = variant
        self.batch = batch
        self.format = format
        self.isDryRun = isDryRun
        self.state = state
        self.counts = counts
        self.problem = problem
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }
}

/// What came of the keys of a file so far.
package struct KeyImportCounts: Hashable, Sendable {
    private var counts: [KeyOutcome: Int64]

    package init(_ counts: [KeyOutcome: Int64] = [:]) { self.counts = counts }

    package subscript(_ outcome: KeyOutcome) -> Int64 { counts[outcome] ?? 0 }

    package var all: Int64 { counts.values.reduce(0, &+) }

    mutating func count(_ outcome: KeyOutcome) { counts[outcome, default: 0] += 1 }
}

/// The report of one key of a file. The key itself is not in it.
package struct KeyImportRow: Hashable, Sendable {
    /// Where it begins in the file, the first line being 1.
    package let line: Int64
    package let outcome: KeyOutcome
    /// The key that it has become; nil for any other outcome, and in dry runs.
    package let key: ID<LicenceKey>?
    /// Where the same key stands further up, as far as that is known.
    package let repeatedLine: Int64?
    package let code: String?
    package let message: String?

    package init(
        line: Int64, outcome: KeyOutcome, key: ID<LicenceKey>? = nil, repeatedLine: Int64? = nil, code: String? = nil,
        message: String? = nil
    ) {
        self.line = line
        self.outcome = outcome
        self.key = key
        self.repeatedLine = repeatedLine
        self.code = code
        self.message = message
    }

    init(line: Int64, _ verdict: KeyVerdict) {
        self.init(
            line: line, outcome: verdict.outcome, repeatedLine: verdict.repeatedLine, code: verdict.violation?.code,
            message: verdict.violation?.message)
    }
}

/// A file that can't be read on; what was read stays.
struct KeyFileFault: Error, Hashable {
    let message: String
}
