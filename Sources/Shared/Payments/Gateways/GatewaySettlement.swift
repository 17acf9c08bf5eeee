package import Core
package import Foundation

/// What a gateway has paid out to our bank.
package struct GatewaySettlement: Sendable, Hashable {
    /// The gateway's name of it.
    package let reference: String
    /// What arrives at the bank.
    package let amount: Money
    /// What the bank's statement calls it.
    package let bankReference: String?
    package let settledAt: Date

    package init(reference: String, amount: Money, bankReference: String?, settledAt: Date) {
        self.reference = reference
        self.amount = amount
        self.bankReference = bankReference
        self.settledAt = settledAt
    }
}

package struct SettlementPage: Sendable, Hashable {
    package let settlements: [GatewaySettlement]
    /// Where the next page begins; `nil` at the end.
    package let next: String?

    package init(settlements: [GatewaySettlement], next: String?) {
        self.settlements = settlements
        self.next = next
    }
}

/// What a line of a settlement is about.
package enum SettlementLineKind: String, Sendable, CaseIterable, Codable {
    case payment, refund, dispute
    /// What the gateway takes beside its share of payments.
    case fee
    /// Whatever else moves the balance there.
    case adjustment
}

/// A line of a settlement, as the gateway says. Credit is ours, debit the gateway's; both are net of the fee.
package struct SettlementLine: Sendable, Hashable {
    /// More than any line could come to; sums of as many as there may be stay within bounds.
    private static let limit: Int64 = 1_000_000_000_000

    package let reference: String
    package let kind: SettlementLineKind
    /// The gateway's name of the payment that it belongs to.
    package let paymentReference: String?
    /// And of its checkout, where it says so: a capture that we missed is found by it.
    package let sessionReference: String?
    /// The gateway's name of the refund or dispute.
    package let subjectReference: String?
    package let debit: Int64
    package let credit: Int64
    /// Taxes included.
    package let fee: Int64
    package let tax: Int64
    package let occurredAt: Date

    /// - Parameters:
    ///   - net: what it brings to the settlement.
    ///   - path: where it was read.
    /// - Throws: for sums that no line comes to.
    package init(
        reference: String, kind: SettlementLineKind, paymentReference: String?,
        sessionReference: String? = nil, subjectReference: String? = nil, net: Int64, fee: Int64, tax: Int64,
        occurredAt: Date, path: String
    ) throws(MalformedEvent) {
        guard [net, fee, tax].allSatisfy({ (-Self.limit...Self.limit).contains($0) }) else {
            throw MalformedEvent("\(path) comes to more than can be")
        }
        self.reference = reference
        self.kind = kind
        self.paymentReference = paymentReference
        self.sessionReference = sessionReference
        self.subjectReference = subjectReference
        debit = max(0, -net)
        credit = max(0, net)
        self.fee = fee
        self.tax = tax
        self.occurredAt = occurredAt
    }
}

package struct SettlementLinePage: Sendable, Hashable {
    package let lines: [SettlementLine]
    /// Where the next page begins; `nil` at the end.
    package let next: String?

    package init(lines: [SettlementLine], next: String?) {
        self.lines = lines
        self.next = next
    }
}
