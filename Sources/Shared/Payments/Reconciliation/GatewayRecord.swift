package import Foundation

/// What a gateway keeps lists of.
package enum GatewayRecordKind: String, Sendable, CaseIterable {
    case payments, refunds, disputes
}

/// Something that a gateway has pushed, or tried to.
package struct GatewayEvent: Sendable, Hashable {
    /// What its pushes are recognised by.
    package let id: String
    package let type: String
    /// As the gateway renders it now.
    package let body: [UInt8]

    package init(id: String, type: String, body: [UInt8]) {
        self.id = id
        self.type = type
        self.body = body
    }
}

package struct GatewayEventPage: Sendable {
    package let events: [GatewayEvent]
    /// Where the next page begins; `nil` at the end.
    package let next: String?

    package init(events: [GatewayEvent], next: String?) {
        self.events = events
        self.next = next
    }
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
