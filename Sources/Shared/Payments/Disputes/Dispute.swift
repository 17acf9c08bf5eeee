package import Core
package import Foundation
package import Orders
import Postgres

/// Where the money of a dispute is. It only moves forward: what was given back is not taken a second time for one dispute.
package enum DisputeFunds: String, Sendable, CaseIterable, Codable, PostgresCodable {
    /// With us: the bank has asked a question, no more.
    case untouched
    /// The gateway took it.
    case withdrawn
    /// The gateway took it and gave it back.
    case reinstated

    private var rank: Int {
        switch self {
        case .untouched: 0
        case .withdrawn: 1
        case .reinstated: 2
        }
    }

    package func joined(with other: DisputeFunds) -> DisputeFunds {
        rank >= other.rank ? self : other
    }
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
    package var statedAt: Date
    package let createdAt: Date

    package var isLost: Bool { status == Self.lostStatus && funds == .withdrawn }

    /// The gateways' common words for the two ends.
    static let lostStatus = "lost"
    static let wonStatus = "won"

    /// The dispute after a statement about it. An end outweighs whatever is undecided, because a reading's time is ours and an
    /// event's is the gateway's; of two ends or two undecided statements the later one tells. Where the money is never moves back.
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
    /// When the gateway said it.
    package let statedAt: Date
    package let source: ReportSource

    package init(
        gateway: GatewayName, disputeReference: String, reference: String, amount: Money, status: String,
        funds: DisputeFunds, reason: String?, statedAt: Date, source: ReportSource
    ) {
        self.gateway = gateway
        self.disputeReference = disputeReference
        self.reference = reference
        self.amount = amount
        self.status = status
        self.funds = funds
        self.reason = reason
        self.statedAt = statedAt
        self.source = source
    }

    var record: JSONValue {
        [
            "dispute": .string(disputeReference), "status": .string(status), "funds": .string(funds.rawValue),
            "source": .string(source.description), "amount": .integer(amount.minorUnits),
            "currency": .string(amount.currency.code), "reason": reason.map(JSONValue.string) ?? .null,
        ]
    }
}
