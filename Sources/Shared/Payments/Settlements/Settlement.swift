package import Core
package import Foundation
package import Orders
package import Postgres

/// A gateway's payout to our bank, as it is on record here.
package struct Settlement: Sendable, IdentifiedByTypeID {
    package static let typePrefix = "stl"

    package enum State: String, Sendable, CaseIterable, Codable, PostgresCodable {
        /// Its lines are being read.
        case reading
        /// All are, and the payout is booked.
        case complete
    }

    package let id: ID<Settlement>
    package let gateway: GatewayName
    /// The gateway's name of it.
    package let reference: String
    package let amount: Money
    package let bankReference: String?
    package let settledAt: Date
    package var state: State
    package var cursor: String?
    package var lineCount: Int64
    /// What its lines come to.
    package var lines: Money
    /// What the gateway kept, taxes included.
    package var fee: Money
    package var tax: Money
    package let createdAt: Date
    package var completedAt: Date?

    package init(
        id: ID<Settlement>, gateway: GatewayName, reference: String, amount: Money, bankReference: String?,
        settledAt: Date, state: State, cursor: String? = nil, lineCount: Int64, lines: Money, fee: Money, tax: Money,
        createdAt: Date, completedAt: Date? = nil
    ) {
        self.id = id
        self.gateway = gateway
        self.reference = reference
        self.amount = amount
        self.bankReference = bankReference
        self.settledAt = settledAt
        self.state = state
        self.cursor = cursor
        self.lineCount = lineCount
        self.lines = lines
        self.fee = fee
        self.tax = tax
        self.createdAt = createdAt
        self.completedAt = completedAt
    }

    var statement: GatewaySettlement {
        GatewaySettlement(reference: reference, amount: amount, bankReference: bankReference, settledAt: settledAt)
    }
}

/// A line of a settlement with what of ours it is about.
package struct SettledLine: Sendable, IdentifiedByTypeID {
    package static let typePrefix = "sln"

    package let id: ID<SettledLine>
    package let reference: String
    package let kind: SettlementLineKind
    package let debit: Money
    package let credit: Money
    package let fee: Money
    package let tax: Money
    package let occurredAt: Date
    package let paymentID: ID<Payment>?
    package let orderID: ID<Order>?
    package let refundID: ID<Refund>?
    package let disputeID: ID<Dispute>?

    package init(
        id: ID<SettledLine>, reference: String, kind: SettlementLineKind, debit: Money, credit: Money, fee: Money,
        tax: Money, occurredAt: Date, paymentID: ID<Payment>?, orderID: ID<Order>?, refundID: ID<Refund>?,
        disputeID: ID<Dispute>?
    ) {
        self.id = id
        self.reference = reference
        self.kind = kind
        self.debit = debit
        self.credit = credit
        self.fee = fee
        self.tax = tax
        self.occurredAt = occurredAt
        self.paymentID = paymentID
        self.orderID = orderID
        self.refundID = refundID
        self.disputeID = disputeID
    }
}

extension Settlement: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let currency: Currency = try row.decode("currency")
        self.init(
            id: try row.decode("id"), gateway: GatewayName(rawValue: try row.decode("gateway")),
            reference: try row.decode("reference"),
            amount: Money(minorUnits: try row.decode("amount_minor"), currency: currency),
            bankReference: try row.decode("bank_reference"), settledAt: try row.decode("settled_at"),
            state: try row.decode("state"), cursor: try row.decode("cursor"), lineCount: try row.decode("line_count"),
            lines: Money(minorUnits: try row.decode("lines_minor"), currency: currency),
            fee: Money(minorUnits: try row.decode("fee_minor"), currency: currency),
            tax: Money(minorUnits: try row.decode("tax_minor"), currency: currency),
            createdAt: try row.decode("created_at"), completedAt: try row.decode("completed_at"))
    }
}

extension SettledLine: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let currency: Currency = try row.decode("currency")
        let kind: String = try row.decode("kind")
        guard let kind = SettlementLineKind(rawValue: kind) else { throw .decoding("\(kind) is no kind of line") }
        self.init(
            id: try row.decode("id"), reference: try row.decode("reference"), kind: kind,
            debit: Money(minorUnits: try row.decode("debit_minor"), currency: currency),
            credit: Money(minorUnits: try row.decode("credit_minor"), currency: currency),
            fee: Money(minorUnits: try row.decode("fee_minor"), currency: currency),
            tax: Money(minorUnits: try row.decode("tax_minor"), currency: currency),
            occurredAt: try row.decode("occurred_at"), paymentID: try row.decode("payment_id"),
            orderID: try row.decode("order_id"), refundID: try row.decode("refund_id"),
            disputeID: try row.decode("dispute_id"))
    }
}
