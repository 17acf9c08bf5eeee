package import Catalog
package import Core
package import Foundation
package import Values
package import Vendors

/// Licence keys of a variant that were received together: they may turn out bad together.
package struct LicenceKeyBatch: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "kba"

    package let id: ID<LicenceKeyBatch>
    package let variant: ID<Variant>
    package let vendor: ID<Vendor>
    package let details: KeyBatchDetails
    package let quarantine: KeyQuarantine?
    package let createdBy: AuditActor
    package let createdAt: Date

    package init(
        id: ID<LicenceKeyBatch>, variant: ID<Variant>, vendor: ID<Vendor>, details: KeyBatchDetails,
        quarantine: KeyQuarantine? = nil, createdBy: AuditActor, createdAt: Date
    ) {
        self.id = id
        self.variant = variant
        self.vendor = vendor
        self.details = details
        self.quarantine = quarantine
        self.createdBy = createdBy
        self.createdAt = createdAt
    }

    /// How long a key of it lasts.
    /// - Parameter day: the last on which that key can be used; nil where nothing else is said than of all of them.
    func life(endingOn day: CivilDate?) -> KeyLife? {
        (day ?? details.expiresOn).map { KeyLife(expiresOn: $0, minimumDays: details.minimumDays) }
    }
}

/// Where keys came from, and how long they last.
package struct KeyBatchDetails: Hashable, Sendable {
    /// What the words must be like.
    package static let source = TextRule(1...120, .line)
    package static let supplierReference = TextRule(0...120, .line)
    package static let note = TextRule(0...500, .line)
    /// How many days a buyer can have to have of a key.
    package static let days = 0...3_650

    /// From whom they are.
    package let source: String
    /// What the supplier calls the delivery; may be empty.
    package let supplierReference: String
    package let note: String
    /// nil for the day on which it is put on record.
    package let receivedOn: CivilDate?
    /// The last day on which they can be used, unless a key has one of its own; nil: they don't end.
    package let expiresOn: CivilDate?
    /// How many days a buyer has of a key at least.
    package let minimumDays: Int

    package init(
        source: String, supplierReference: String = "", note: String = "", receivedOn: CivilDate? = nil,
        expiresOn: CivilDate? = nil, minimumDays: Int = 0
    ) {
        self.source = source
        self.supplierReference = supplierReference
        self.note = note
        self.receivedOn = receivedOn
        self.expiresOn = expiresOn
        self.minimumDays = minimumDays
    }

    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/source", source, Self.source)
        check.text("/supplier_reference", supplierReference, Self.supplierReference)
        check.text("/note", note, Self.note)
        check.expiry("/received_on", receivedOn)
        check.expiry("/expires_on", expiresOn)
        check.number("/minimum_days", minimumDays, in: Self.days)
        try check.finish()
    }
}

/// That a batch is not trusted.
package struct KeyQuarantine: Hashable, Sendable {
    /// What a reason must be like.
    package static let reason = TextRule(1...500, .line)

    package let since: Date
    package let reason: String

    package init(since: Date, reason: String) {
        self.since = since
        self.reason = reason
    }
}

/// How many keys of a pool or a batch have become what.
package struct KeyFigures: Hashable, Sendable {
    package private(set) var counts: [LicenceKeyState: Int64]
    /// Of the assigned ones, those that their buyers have looked at.
    package let revealed: Int64

    package init(_ counts: [LicenceKeyState: Int64] = [:], revealed: Int64 = 0) {
        self.counts = counts
        self.revealed = revealed
    }

    package subscript(_ state: LicenceKeyState) -> Int64 { counts[state] ?? 0 }

    package var total: Int64 { counts.values.reduce(0, &+) }
}

/// A batch with what became of its keys.
package struct CountedKeyBatch: Hashable, Sendable {
    package let batch: LicenceKeyBatch
    package let figures: KeyFigures

    package init(batch: LicenceKeyBatch, figures: KeyFigures) {
        self.batch = batch
        self.figures = figures
    }
}
