package import Catalog
package import Core
package import Foundation
package import Postgres
import Registrations
package import Values
package import Vendors

/// A key that was sold, without its text.
package struct SoldKey: Hashable, Sendable {
    /// What a reason to revoke or replace one must be like.
    package static let reason = TextRule(1...500, .line)

    package let id: ID<LicenceKey>
    package let variant: ID<Variant>
    package let vendor: ID<Vendor>
    package let batch: ID<LicenceKeyBatch>?
    package let state: LicenceKeyState
    /// The order line.
    package let line: UUID
    /// 1 for the line's first unit.
    package let unit: Int64
    package let assignedAt: Date
    package let expiresOn: CivilDate?
    package let evidence: RevealEvidence?
    /// Why somebody of the staff has revoked or replaced it.
    package let closing: KeyClosing?

    package init(
        id: ID<LicenceKey>, variant: ID<Variant>, vendor: ID<Vendor>, batch: ID<LicenceKeyBatch>? = nil,
        state: LicenceKeyState, line: UUID, unit: Int64, assignedAt: Date, expiresOn: CivilDate? = nil,
        evidence: RevealEvidence? = nil, closing: KeyClosing? = nil
    ) {
        self.id = id
        self.variant = variant
        self.vendor = vendor
        self.batch = batch
        self.state = state
        self.line = line
        self.unit = unit
        self.assignedAt = assignedAt
        self.expiresOn = expiresOn
        self.evidence = evidence
        self.closing = closing
    }
}

/// That a buyer has seen a key.
package struct RevealEvidence: Hashable, Sendable {
    package let firstAt: Date
    /// The network; nil where it was forgotten.
    package let from: String?

    package init(firstAt: Date, from: String?) {
        self.firstAt = firstAt
        self.from = from
    }
}

/// Why a key is not its buyer's any more.
package struct KeyClosing: Hashable, Sendable {
    package let reason: String
    package let at: Date

    package init(reason: String, at time: Date) {
        self.reason = reason
        at = time
    }

    /// - Throws: a 422 `Problem`.
    package func check() throws(Problem) {
        var check = InputCheck()
        check.text("/reason", reason, SoldKey.reason)
        try check.finish()
    }
}

extension SoldKey: PostgresRowDecodable {
    static let columns = """
        id, variant_id, vendor_id, batch_id, state, order_line_id, unit_number, assigned_at, expires_on, first_revealed_at, \
        first_revealed_from, closed_reason, closed_at
        """

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let seenAt: Date? = try row.decode("first_revealed_at")
        let seenFrom: String? = try row.decode("first_revealed_from")
        let reason: String? = try row.decode("closed_reason")
        let closedAt: Date? = try row.decode("closed_at")
        let closing: KeyClosing? = if let reason, let closedAt { KeyClosing(reason: reason, at: closedAt) } else { nil }
        self.init(
            id: try row.decode("id"), variant: try row.decode("variant_id"), vendor: try row.decode("vendor_id"),
            batch: try row.decode("batch_id"), state: try row.decode("state"), line: try row.decode("order_line_id"),
            unit: try row.decode("unit_number"), assignedAt: try row.decode("assigned_at"),
            expiresOn: try row.decode("expires_on", as: Date?.self).map(CivilDate.init(utc:)),
            evidence: seenAt.map { RevealEvidence(firstAt: $0, from: seenFrom) }, closing: closing)
    }
}
