package import Core
package import Foundation
package import Orders
package import Vendors

/// What a customer has to say against what became of an order.
package struct Complaint: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "cmp"

    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case notDelivered = "not_delivered"
        case damaged
        case wrongItem = "wrong_item"
        case notAsDescribed = "not_as_described"
        case missingParts = "missing_parts"
        case counterfeit
        /// A licence key does not work.
        case licenceKey = "licence_key"
        /// Something is wrong with what was charged.
        case payment
        /// Money that should have come back did not.
        case refund
        /// How somebody behaved.
        case conduct
        case other
    }

    /// What was done about it.
    package enum Outcome: String, Hashable, Sendable, CaseIterable {
        case refunded
        case partiallyRefunded = "partially_refunded"
        case replaced, repaired, delivered, compensated, explained
        /// By the customer.
        case withdrawn
    }

    /// A line that it is about.
    package struct Line: Hashable, Sendable {
        package let line: ID<OrderLine>
        package let quantity: Int64

        package init(line: ID<OrderLine>, quantity: Int64) {
            self.line = line
            self.quantity = quantity
        }
    }

    package let id: ID<Complaint>
    /// For people, such as "C100001".
    package let number: String
    package let order: ID<Order>
    /// The vendor whose part it is about; nil where it is about the order as a whole.
    package let vendor: ID<Vendor>?
    /// Whose law holds (ISO 3166-1 alpha-2); nil where nothing says it.
    package let country: String?
    package let kind: Kind
    package let state: ComplaintState
    /// Of one that is resolved.
    package let outcome: Outcome?
    package let filedBy: AuditActor
    package let filedAt: Date
    /// When it was resolved or rejected.
    package let closedAt: Date?
    package let reopenings: Int
    /// The first of its deadlines that is not met.
    package let dueAt: Date?
    package let version: Int64

    /// How often one may be reopened.
    package static let mostReopenings = 10
    /// For how long, in seconds, customers may reopen one that is closed.
    package static let reopeningTime: TimeInterval = 30 * 86_400
    /// How many an order has.
    package static let mostPerOrder = 50

    package init(
        id: ID<Complaint>, number: String, order: ID<Order>, vendor: ID<Vendor>?, country: String?, kind: Kind,
        state: ComplaintState = .open, outcome: Outcome? = nil, filedBy: AuditActor, filedAt: Date,
        closedAt: Date? = nil, reopenings: Int = 0, dueAt: Date? = nil, version: Int64 = 1
    ) {
        self.id = id
        self.number = number
        self.order = order
        self.vendor = vendor
        self.country = country
        self.kind = kind
        self.state = state
        self.outcome = outcome
        self.filedBy = filedBy
        self.filedAt = filedAt
        self.closedAt = closedAt
        self.reopenings = reopenings
        self.dueAt = dueAt
        self.version = version
    }

    static func number(_ number: Int64) -> String { "C" + String(number) }
}

/// A complaint with all that one side sees of it.
package struct ComplaintDetails: Hashable, Sendable {
    package let complaint: Complaint
    package let lines: [Complaint.Line]
    /// Of all rounds, the earliest due first.
    package let deadlines: [ComplaintDeadline]
    /// Those that the side reads, the earliest first.
    package let messages: [ComplaintMessage]

    package init(
        complaint: Complaint, lines: [Complaint.Line], deadlines: [ComplaintDeadline], messages: [ComplaintMessage]
    ) {
        self.complaint = complaint
        self.lines = lines
        self.deadlines = deadlines
        self.messages = messages
    }
}
