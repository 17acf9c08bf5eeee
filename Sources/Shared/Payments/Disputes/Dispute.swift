package import Core
package import Foundation
package import Orders
import Postgres

/// What a gateway took from our balance for a dispute and what it gave back, in minor units of the dispute's currency. Both only
/// grow, so that of two statements neither has to be the later one.
package struct DisputeFunds: Sendable, Hashable, CustomStringConvertible {
    package static let untouched = DisputeFunds(taken: 0, returned: 0)

    /// Never negative.
    package let taken: Int64
    /// Never negative.
    package let returned: Int64

    package init(taken: Int64, returned: Int64) {
        self.taken = max(0, taken)
        self.returned = max(0, returned)
    }

    /// What is missing on our balance.
    package var withheld: Int64 { max(0, taken - returned) }

    package func joined(with other: DisputeFunds) -> DisputeFunds {
        DisputeFunds(taken: max(taken, other.taken), returned: max(returned, other.returned))
    }

    package var description: String { "\(taken) taken, \(returned) given back" }
}

/// A customer's bank questions a payment.
package struct Dispute: Sendable, IdentifiedByTypeID {
    package static let typePrefix = "dsp"

    package let id: ID<Dispute>
    package let paymentID: ID<Payment>
    package let orderID: ID<Order>
    /// The gateway's id of it.
    package let reference: String
    package let amount: Money
    /// The gateway's own word for where it stands.
    package var status: String
    package var funds: DisputeFunds
    /// What was taken out of the capture's shares because it was lost.
    package var lost: Int64
    /// Counts what was booked for it.
    package var revision: Int32
    /// Until when the bank has to be answered, where the gateway says so.
    package var respondBy: Date?
    package var statedAt: Date
    package let createdAt: Date

    package init(
        id: ID<Dispute>, paymentID: ID<Payment>, orderID: ID<Order>, reference: String, amount: Money, status: String,
        funds: DisputeFunds, lost: Int64, revision: Int32, respondBy: Date? = nil, statedAt: Date, createdAt: Date
    ) {
        self.id = id
        self.paymentID = paymentID
        self.orderID = orderID
        self.reference = reference
        self.amount = amount
        self.status = status
        self.funds = funds
        self.lost = lost
        self.revision = revision
        self.respondBy = respondBy
        self.statedAt = statedAt
        self.createdAt = createdAt
    }

    /// What is missing on our balance and will not come back: all of it where the dispute is lost, and where it is won what did not
    /// come with the rest.
    package var gone: Int64 {
        switch status {
        case Self.lostStatus: funds.withheld
        case Self.wonStatus: funds.returned > 0 ? funds.withheld : 0
        default: 0
        }
    }

    /// The gateways' common words for the two ends.
    static let lostStatus = "lost"
    static let wonStatus = "won"

    /// The dispute after a statement about it. An end outweighs whatever is undecided, because a reading's time is ours and an
    /// event's is the gateway's; of two ends or two undecided statements the later one tells.
    func following(_ report: DisputeReport) -> Dispute {
        var result = self
        result.funds = funds.joined(with: report.funds)
        let ends = [Self.lostStatus, Self.wonStatus]
        let tells =
            switch (ends.contains(status), ends.contains(report.status)) {
            case (false, true): true
            case (true, false): false
            case (true, true): report.statedAt > statedAt
            case (false, false): report.statedAt >= statedAt
            }
        if tells {
            result.status = report.status
            result.respondBy = report.respondBy ?? respondBy
            result.statedAt = max(statedAt, report.statedAt)
        }
        return result
    }
}

/// One statement of a gateway about one dispute.
package struct DisputeReport: Sendable, Hashable {
    package let gateway: GatewayName
    package let disputeReference: String
    /// The gateway's id of the disputed payment.
    package let reference: String
    package let amount: Money
    package let status: String
    package let funds: DisputeFunds
    package let reason: String?
    /// Until when the bank has to be answered.
    package let respondBy: Date?
    /// When the gateway said it.
    package let statedAt: Date
    package let source: ReportSource

    package init(
        gateway: GatewayName, disputeReference: String, reference: String, amount: Money, status: String,
        funds: DisputeFunds, reason: String?, respondBy: Date? = nil, statedAt: Date, source: ReportSource
    ) {
        self.gateway = gateway
        self.disputeReference = disputeReference
        self.reference = reference
        self.amount = amount
        self.status = status
        self.funds = funds
        self.reason = reason
        self.respondBy = respondBy
        self.statedAt = statedAt
        self.source = source
    }

    var record: JSONValue {
        [
            "dispute": .string(disputeReference), "status": .string(status),
            "taken": .integer(funds.taken), "returned": .integer(funds.returned), "source": .string(source.description),
            "amount": .integer(amount.minorUnits),
            "currency": .string(amount.currency.code), "reason": reason.map(JSONValue.string) ?? .null,
        ]
    }
}
