package import Core
package import Foundation
package import Orders
package import Postgres

/// A place where a gateway's record and ours part, until it is dealt with.
package struct Finding: Sendable, IdentifiedByTypeID {
    package static let typePrefix = "fnd"
    package static let explanation = TextRule(1...500, .line)

    package enum State: String, Sendable, CaseIterable, Codable, PostgresCodable {
        case open
        /// Somebody said why it is so; that mends nothing.
        case explained
        /// Somebody wants it let be, and another person has to agree.
        case writeOffProposed = "write_off_proposed"
        /// Both agree by now.
        case mended
        case writtenOff = "written_off"

        package var isUndone: Bool {
            switch self {
            case .open, .explained, .writeOffProposed: true
            case .mended, .writtenOff: false
            }
        }
    }

    package let id: ID<Finding>
    package let gateway: GatewayName
    package let kind: String
    /// Our id where there is one, else the gateway's.
    package let subject: String
    /// Both sides, for people.
    package let detail: String
    package var state: State
    /// What our account of the gateway lacks because of it; negative where it holds too much, nil where that is not known.
    package let amount: Money?
    package let paymentID: ID<Payment>?
    package let orderID: ID<Order>?
    package let settlementID: ID<Settlement>?
    package var explanation: String?
    package var explainedBy: String?
    package var proposedBy: String?
    package var writtenOffBy: String?
    package var version: Int64
    package let foundAt: Date
    package let seenAt: Date

    package init(
        id: ID<Finding>, gateway: GatewayName, kind: String, subject: String, detail: String, state: State,
        amount: Money?, paymentID: ID<Payment>?, orderID: ID<Order>?, settlementID: ID<Settlement>?,
        explanation: String? = nil, explainedBy: String? = nil, proposedBy: String? = nil, writtenOffBy: String? = nil,
        version: Int64 = 1, foundAt: Date, seenAt: Date
    ) {
        self.id = id
        self.gateway = gateway
        self.kind = kind
        self.subject = subject
        self.detail = detail
        self.state = state
        self.amount = amount
        self.paymentID = paymentID
        self.orderID = orderID
        self.settlementID = settlementID
        self.explanation = explanation
        self.explainedBy = explainedBy
        self.proposedBy = proposedBy
        self.writtenOffBy = writtenOffBy
        self.version = version
        self.foundAt = foundAt
        self.seenAt = seenAt
    }
}

/// What was found and may be on record already.
struct NewFinding: Sendable {
    /// What settlements are compared by, beside the kinds of ``Discrepancy``.
    enum Kind: String, Sendable, CaseIterable {
        /// The gateway settled what we know nothing of.
        case lineUnknown = "line_unknown"
        /// It settled a payment or a refund that does not count here.
        case lineNotCounted = "line_not_counted"
        case lineAmountDiffers = "line_amount_differs"
        /// A payment stands in two settlements.
        case lineSettledTwice = "line_settled_twice"
        /// A line that is no payment's, refund's or dispute's.
        case lineAdjustment = "line_adjustment"
        /// What was paid out is not what the lines come to.
        case settlementSumDiffers = "settlement_sum_differs"
        /// The gateway says another sum of a settlement than before.
        case settlementChanged = "settlement_changed"
    }

    let kind: String
    let subject: String
    let detail: String
    var amount: Money?
    var paymentID: ID<Payment>?
    var settlementID: ID<Settlement>?

    init(
        _ kind: Kind, _ subject: String, _ detail: String, amount: Money? = nil, settlementID: ID<Settlement>? = nil
    ) {
        self.kind = kind.rawValue
        self.subject = subject
        self.detail = detail
        self.amount = amount
        self.settlementID = settlementID
    }

    init(_ discrepancy: Discrepancy) {
        kind = discrepancy.kind.rawValue
        subject = discrepancy.subject
        detail = discrepancy.detail
        paymentID = discrepancy.repair
    }
}

extension Finding: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let amount: Int64? = try row.decode("amount_minor")
        let currency: Currency? = try row.decode("currency")
        var money: Money?
        if let amount, let currency { money = Money(minorUnits: amount, currency: currency) }
        self.init(
            id: try row.decode("id"), gateway: GatewayName(rawValue: try row.decode("gateway")),
            kind: try row.decode("kind"), subject: try row.decode("subject"), detail: try row.decode("detail"),
            state: try row.decode("state"), amount: money, paymentID: try row.decode("payment_id"),
            orderID: try row.decode("order_id"), settlementID: try row.decode("settlement_id"),
            explanation: try row.decode("explanation"), explainedBy: try row.decode("explained_by"),
            proposedBy: try row.decode("proposed_by"), writtenOffBy: try row.decode("written_off_by"),
            version: try row.decode("version"), foundAt: try row.decode("found_at"), seenAt: try row.decode("seen_at"))
    }
}
