import Core
import Foundation

/// What the type of an event says of a dispute's money, beside the dispute itself.
enum DisputeNews {
    case none, withdrawn, reinstated
}

extension StripeMapping {
    /// - Returns: `nil` for a dispute of a charge that belongs to no payment intent, which none of ours does.
    static func disputeReport(
        _ dispute: ProviderObject, of gateway: GatewayName, source: ReportSource, statedAt: Date,
        news: DisputeNews = .none
    ) throws(MalformedEvent) -> DisputeReport? {
        guard let intent = try dispute.optionalID("payment_intent") else { return nil }
        let (amount, status) = (try dispute.money("amount"), try dispute.word("status"))
        return DisputeReport(
            gateway: gateway, disputeReference: try dispute.id(), reference: intent, amount: amount, status: status,
            funds: try funds(of: dispute, amount: amount, status: status, news: news),
            reason: dispute.note("reason"),
            respondBy: try dispute.optionalObject("evidence_details")?.optionalMoment("due_by"), statedAt: statedAt,
            source: source)
    }

    /// The sums of the dispute's rows on our balance tell; only where rows are lacking, which may come later than the news of them,
    /// what the event's type and the status mean for the whole amount.
    private static func funds(
        of dispute: ProviderObject, amount: Money, status: String, news: DisputeNews
    ) throws(MalformedEvent) -> DisputeFunds {
        let rows = try DisputeRows(dispute)
        let listed = try rows.funds(of: amount, isWon: status == Dispute.wonStatus, path: dispute.path)
        let isTaken = listed.taken > 0 || news != .none || (rows.isEmpty && status == Dispute.lostStatus)
        let taken = max(listed.taken, isTaken && listed.taken == 0 ? amount.minorUnits : 0)
        guard news == .reinstated, listed.returned == 0 else {
            return DisputeFunds(taken: taken, returned: listed.returned)
        }
        // Of a lost dispute a part comes back at most.
        guard status != Dispute.lostStatus else {
            throw MalformedEvent("\(dispute.path).balance_transactions lacks what was given back")
        }
        return DisputeFunds(taken: taken, returned: taken)
    }
}

/// What a dispute lists of our balance: what was taken is negative there.
private struct DisputeRows {
    private(set) var isEmpty = true
    /// In Stripe's units of `currency`.
    private var taken: Int64 = 0
    private var returned: Int64 = 0
    /// Of the rows, which is our account's and need not be the dispute's.
    private var currency: String
    private let disputeCurrency: String

    init(_ dispute: ProviderObject) throws(MalformedEvent) {
        disputeCurrency = try dispute.word("currency")
        currency = disputeCurrency
        for row in try dispute.optionalObjects("balance_transactions") {
            try add(row.integer("amount"), in: row.optionalWord("currency") ?? disputeCurrency, path: row.path)
        }
    }

    private mutating func add(_ units: Int64, in code: String, path: String) throws(MalformedEvent) {
        guard isEmpty || code == currency else { throw MalformedEvent("\(path).currency is another than before") }
        isEmpty = false
        currency = code
        let (sum, overflow) =
            units < 0 ? taken.subtractingReportingOverflow(units) : returned.addingReportingOverflow(units)
        guard !overflow else { throw MalformedEvent("\(path).amount is out of range") }
        if units < 0 { taken = sum } else { returned = sum }
    }

    /// Where the rows are in another currency, rates have moved between them: then what was taken is the whole, what came back of a
    /// dispute that is won as well, and of any other its part.
    func funds(of amount: Money, isWon: Bool, path: String) throws(MalformedEvent) -> DisputeFunds {
        if currency == disputeCurrency {
            return DisputeFunds(
                taken: try minorUnits(taken, path: path), returned: try minorUnits(returned, path: path))
        }
        guard taken > 0 else { return .untouched }
        guard returned > 0 else { return DisputeFunds(taken: amount.minorUnits, returned: 0) }
        let part = Int128(amount.minorUnits) * Int128(min(returned, taken)) / Int128(taken)
        return DisputeFunds(
            taken: amount.minorUnits, returned: isWon ? amount.minorUnits : Int64(clamping: part))
    }

    private func minorUnits(_ units: Int64, path: String) throws(MalformedEvent) -> Int64 {
        do {
            return try StripeAmount.money(units: units, code: currency).minorUnits
        } catch {
            throw MalformedEvent("\(path).balance_transactions: \(error)")
        }
    }
}
