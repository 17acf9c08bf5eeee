package import Core
package import Foundation
package import Orders
import Postgres

/// Where a refund stands; like payments, refunds only move up this chain. A refund that succeeded may still fail later: the bank
/// sends the money back.
package enum RefundState: String, Sendable, CaseIterable, Codable, PostgresCodable {
    case requested
    /// Its gateway sends nothing back by API: a person has to do it by hand, and another one to confirm it.
    case awaitingTransfer = "awaiting_transfer"
    case pending, succeeded, cancelled, failed

    private var rank: Int {
        switch self {
        case .requested: 0
        case .awaitingTransfer: 1
        case .pending: 2
        case .succeeded: 3
        case .cancelled: 4
        case .failed: 5
        }
    }

    /// It was asked for, or is to be, and has no end yet.
    package var isUnderway: Bool { rank <= RefundState.pending.rank }

    package func joined(with other: RefundState) -> RefundState {
        rank >= other.rank ? self : other
    }
}

/// Money on its way back to a customer.
package struct Refund: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "ref"

    package enum Origin: String, Sendable, CaseIterable, Codable {
        /// We owed it: there was no order for the money.
        case automatic
        case `operator`
        /// Made in the gateway's own dashboard.
        case gateway
    }

    package let id: ID<Refund>
    package let paymentID: ID<Payment>
    package let orderID: ID<Order>
    package let origin: Origin
    package let reason: String
    package let amount: Money
    package var state: RefundState
    package var reference: String?
    /// Why it was not made, in the words of the gateway or of whoever rejected it.
    package var failureReason: String?
    /// What the money is for; nil where only its sum was said.
    package let orderRefund: ID<OrderRefund>?
    /// Who asked for it; nil for what was made at the gateway.
    package let requestedBy: AuditActor?
    /// Who has confirmed a transfer by hand: never who asked for it.
    package var confirmedBy: AuditActor?
    package let createdAt: Date
    /// Counts the idempotency keys used to ask for it.
    package var attempt: Int

    package init(
        id: ID<Refund>, paymentID: ID<Payment>, orderID: ID<Order>, origin: Origin, reason: String, amount: Money,
        state: RefundState, reference: String? = nil, failureReason: String? = nil, orderRefund: ID<OrderRefund>? = nil,
        requestedBy: AuditActor? = nil, confirmedBy: AuditActor? = nil, createdAt: Date, attempt: Int = 1
    ) {
        self.orderRefund = orderRefund
        self.id = id
        self.paymentID = paymentID
        self.orderID = orderID
        self.origin = origin
        self.reason = reason
        self.amount = amount
        self.state = state
        self.reference = reference
        self.failureReason = failureReason
        self.requestedBy = requestedBy
        self.confirmedBy = confirmedBy
        self.createdAt = createdAt
        self.attempt = attempt
    }

    /// The idempotency key of the present attempt.
    var requestKey: String { attempt == 1 ? "\(id)" : "\(id)/\(attempt)" }
}

/// One statement of a gateway about one refund.
package struct RefundReport: Sendable, Hashable {
    package let gateway: GatewayName
    /// Our id, where the refund was ours and the gateway echoed it.
    package let refundID: ID<Refund>?
    package let reference: String
    /// The gateway's id of the refunded payment.
    package let paymentReference: String
    package let status: RefundState
    package let amount: Money
    package let source: ReportSource
    package let statement: String

    package init(
        gateway: GatewayName, refundID: ID<Refund>?, reference: String, paymentReference: String, status: RefundState,
        amount: Money, source: ReportSource, statement: String
    ) {
        self.gateway = gateway
        self.refundID = refundID
        self.reference = reference
        self.paymentReference = paymentReference
        self.status = status
        self.amount = amount
        self.source = source
        self.statement = statement
    }

    var record: JSONValue {
        [
            "status": .string(status.rawValue), "reference": .string(reference), "source": .string(source.description),
            "statement": .string(statement), "amount": .integer(amount.minorUnits),
            "currency": .string(amount.currency.code),
        ]
    }

    /// For the audit trail.
    func record(of refund: Refund) -> JSONValue {
        var members = record.objectValue ?? [:]
        members["refund_id"] = .string("\(refund.id)")
        return .object(members)
    }
}
