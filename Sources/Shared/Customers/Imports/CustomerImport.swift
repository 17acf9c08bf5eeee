package import Core
package import Foundation
package import Identity
package import Media
package import Postgres

/// A file of people who become customers.
package struct CustomerImport: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "cim"

    package enum State: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case queued, running, done, failed, cancelled

        package var isOver: Bool { self != .queued && self != .running }
    }

    package let id: ID<CustomerImport>
    package let media: ID<MediaFile>
    /// Whether nothing is written but the report.
    package let isDryRun: Bool
    /// Where telephone numbers without a country's code are from.
    package let phoneCountry: PhoneCountry
    /// The language of what is sent to those of whom the file tells none.
    package let locale: LanguageTag
    package internal(set) var state: State
    package internal(set) var counts: CustomerImportCounts
    /// Why it ended early.
    package internal(set) var problem: String?
    package let createdBy: AuditActor
    package let createdAt: Date
    package internal(set) var finishedAt: Date?

    package init(
        id: ID<CustomerImport>, media: ID<MediaFile>, isDryRun: Bool, phoneCountry: PhoneCountry, locale: LanguageTag,
        state: State = .queued, counts: CustomerImportCounts = CustomerImportCounts(), problem: String? = nil,
        createdBy: AuditActor, createdAt: Date, finishedAt: Date? = nil
    ) {
        self.id = id
        self.media = media
        self.isDryRun = isDryRun
        self.phoneCountry = phoneCountry
        self.locale = locale
        self.state = state
        self.counts = counts
        self.problem = problem
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }
}

/// What became of the rows of a file so far.
package struct CustomerImportCounts: Hashable, Sendable {
    package var created: Int64
    package var duplicate: Int64
    package var refused: Int64

    package init(created: Int64 = 0, duplicate: Int64 = 0, refused: Int64 = 0) {
        self.created = created
        self.duplicate = duplicate
        self.refused = refused
    }

    package var all: Int64 { created + duplicate + refused }

    mutating func count(_ outcome: CustomerImportRow.Outcome) {
        switch outcome {
        case .created: created += 1
        case .duplicate: duplicate += 1
        case .refused: refused += 1
        }
    }
}

/// The report of one row of a file. It tells nothing of the person, so that it need not be forgotten.
package struct CustomerImportRow: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "cir"

    package enum Outcome: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        /// In a dry run: would be.
        case created
        /// The address or the number has an account already, or stands further up in the file.
        case duplicate
        /// Nobody could be reached by it.
        case refused
    }

    package let id: ID<CustomerImportRow>
    package let line: Int
    package let outcome: Outcome
    /// The one that was made, or that has the address or the number.
    package let account: ID<Account>?
    package let notes: [CustomerImportNote]

    package init(
        id: ID<CustomerImportRow>, line: Int, outcome: Outcome, account: ID<Account>?, notes: [CustomerImportNote]
    ) {
        self.id = id
        self.line = line
        self.outcome = outcome
        self.account = account
        self.notes = notes
    }
}

/// What was refused or left out of a row.
package struct CustomerImportNote: Hashable, Sendable {
    /// As the file's head calls it; empty for the row as a whole.
    package let column: String
    /// For programs.
    package let code: String
    /// For people; nothing that stands in the row.
    package let message: String

    package init(column: String, code: String, message: String) {
        self.column = column
        self.code = code
        self.message = message
    }
}

/// Why a file can't be taken in.
struct CustomerImportFault: Error, Hashable, Sendable {
    let message: String
}
