package import Core
import Foundation
import Outbound

extension StripeGateway: SettlementListingGateway {
    package func settlements(
        in period: GatewayPeriod, after cursor: String?
    ) async throws(GatewayError) -> SettlementPage {
        var query = "limit=100&status=paid&created%5Bgte%5D=\(period.start.secondsSince1970)"
        query += "&created%5Blt%5D=\(period.end.secondsSince1970)"
        if let cursor { query += "&starting_after=\(PercentEncoding.escaped(cursor))" }
        let answer = try await call("payouts.list", "GET", "/v1/payouts?\(query)", safety: .read)
        let list = try object(answer, "payouts")
        return try GatewayError.reading { () throws(MalformedEvent) in
            let payouts = try list.objects("data")
            var settlements: [GatewaySettlement] = []
            // Which rows belong to a payout is not settled as long as Stripe reconciles it.
            for payout in payouts where try payout.optionalWord("reconciliation_status") != "in_progress" {
                settlements.append(
                    GatewaySettlement(
                        reference: try payout.id(), amount: try payout.money("amount"),
                        bankReference: payout.note("value", in: "trace_id"),
                        settledAt: try payout.moment("arrival_date")))
            }
            return SettlementPage(
                settlements: settlements, next: try list.bool("has_more") ? try payouts.last?.id() : nil)
        }
    }

    /// The rows of our balance that a payout consists of; only they say what Stripe kept.
    package func lines(
        of settlement: GatewaySettlement, after cursor: String?
    ) async throws(GatewayError) -> SettlementLinePage {
        var query = "payout=\(PercentEncoding.escaped(settlement.reference))&limit=100&expand%5B0%5D=data.source"
        if let cursor { query += "&starting_after=\(PercentEncoding.escaped(cursor))" }
        let answer = try await call(
            "balance_transactions.list", "GET", "/v1/balance_transactions?\(query)", safety: .read)
        let list = try object(answer, "balance_transactions")
        return try GatewayError.reading { () throws(MalformedEvent) in
            let rows = try list.objects("data")
            var lines: [SettlementLine] = []
            for row in rows where try row.word("type") != "payout" {
                guard try row.money("amount").currency == settlement.amount.currency else {
                    throw MalformedEvent("\(row.path).currency is not the payout's")
                }
                lines.append(try StripeMapping.settlementLine(row))
            }
            return SettlementLinePage(lines: lines, next: try list.bool("has_more") ? try rows.last?.id() : nil)
        }
    }
}

extension StripeMapping {
    static func settlementLine(_ row: ProviderObject) throws(MalformedEvent) -> SettlementLine {
        let kind = try settlementLineKind(row)
        let net = try row.money("net").minorUnits
        // What Stripe bills by itself has no fee of its own: all of it is one.
        let fee =
            kind == .fee ? Int64(0).subtractingReportingOverflow(net).partialValue : try row.money("fee").minorUnits
        var tax = try row.word("type") == "tax_fee" ? fee : 0
        for detail in try row.optionalObjects("fee_details") where try detail.word("type") == "tax" {
            tax = tax.addingReportingOverflow(try detail.integer("amount")).partialValue
        }
        let source = try row.optionalObject("source")
        return try SettlementLine(
            reference: try row.id(), kind: kind, paymentReference: try source?.optionalID("payment_intent"),
            subjectReference: kind == .payment ? nil : try row.optionalID("source"), net: net, fee: fee, tax: tax,
            occurredAt: try row.moment("created"), path: row.path)
    }

    private static func settlementLineKind(_ row: ProviderObject) throws(MalformedEvent) -> SettlementLineKind {
        switch try row.word("type") {
        case "charge", "payment": return .payment
        case "refund", "payment_refund": return .refund
        case "stripe_fee", "network_cost", "tax_fee": return .fee
        case "adjustment":
            return try row.optionalID("source").map { $0.hasPrefix("dp_") || $0.hasPrefix("du_") } ?? false
                ? .dispute : .adjustment
        default: return .adjustment
        }
    }
}
