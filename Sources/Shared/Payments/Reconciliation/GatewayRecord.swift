package import Foundation

/// What a gateway keeps lists of.
package enum GatewayRecordKind: String, Sendable, CaseIterable {
    case payments, refunds, disputes
}

/// From a moment on, and before another.
package struct GatewayPeriod: Sendable, Hashable {
    package let start: Date
    package let end: Date

    package init(start: Date, end: Date) {
        self.start = start
        self.end = end
    }
}

/// An entry of a gateway's own record, as it stands there now.
package enum GatewayRecord: Sendable, Hashable {
    case payment(Report)
    case refund(RefundReport)
    case dispute(DisputeReport)
    /// Something of this kind that we can't make sense of.
    case unreadable(reference: String, reason: String)
}

/// A page of a gateway's own record.
package struct GatewayRecordPage: Sendable {
    package let records: [GatewayRecord]
    /// Where the next page begins; `nil` at the end.
    package let next: String?

    package init(records: [GatewayRecord], next: String?) {
        self.records = records
        self.next = next
    }
}
