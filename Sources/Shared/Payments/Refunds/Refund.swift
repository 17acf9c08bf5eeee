package import Core
package import Foundation
package import Orders
import Postgres

/// Where a refund stands; like payments, refunds only move up this chain. A refund that succeeded may still fail later: the bank
/// sends the money back.
package enum RefundState: String, Sendable, CaseIterable, Codable, PostgresCodable {
    case requested, pending, succeeded, cancelled, failed

    private var rank: Int {
        switch self {
        case .requested: 0
        case .pending: 1
        case .succeeded: 2
        case .cancelled: 3
        case .failed: 4
        }
    }

    package func joined(with other: RefundState) -> RefundState {
        rank >= other.rank ? self : other
    }
}

/// Money on its way back to a customer.
package struct Refund: Sendable, IdentifiedByTypeID {
    package static let typePrefix = "ref"

    package enum Origin: String, Sendable {
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
    package let createdAt: Date
    /// Counts the idempotency keys used to ask for it.
    package var attempt = 1

    /// The idempotency key of the present attempt.
    var requestKey: String { attempt == 1 ? "\(id)" : "\(id)/\(attempt)" }
}

/// One statement of a gateway about one refund.
package struct RefundEvidence: Sendable, Hashable {
    package let gateway: GatewayName
    /// Our id, where the refund was ours and the gateway echoed it.
    package let refundID: ID<Refund>?
    package let reference: String
    /// The gateway's id of the refunded payment.
    package let paymentReference: String
    package let status: RefundState
    package let amount: Money
    package let source: EvidenceSource
    package let statement: String

    package init(
        gateway: GatewayName, refundID: ID<Refund>?, reference: String, paymentReference: String, status: RefundState,
        amount: Money, source: EvidenceSource, statement: String
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
}
