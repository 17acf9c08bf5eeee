package import Core
import Foundation
import Outbound

extension RazorpayGateway: SettlementListingGateway {
    private static let linePageSize = 1000

    package func settlements(
        in period: GatewayPeriod, after cursor: String?
    ) async throws(GatewayError) -> SettlementPage {
        let skip = cursor.flatMap { Int($0) } ?? 0
        let path = "/v1/settlements?from=\(period.start.secondsSince1970)&to=\(period.end.secondsSince1970)"
        let page = try await page("settlements.list", path, skip: skip)
        let settlements = try GatewayError.reading { () throws(MalformedEvent) in
            var settlements: [GatewaySettlement] = []
            for object in page where try object.word("status") == "processed" {
                let settledAt = try object.moment("created_at")
                guard settledAt >= period.start, settledAt < period.end else { continue }
                let amount = Money(minorUnits: try object.integer("amount"), currency: settings.settlementCurrency)
                settlements.append(
                    GatewaySettlement(
                        reference: try object.id(), amount: amount, bankReference: object.note("utr"),
                        settledAt: settledAt))
            }
            return settlements
        }
        return SettlementPage(
            settlements: settlements, next: page.count < Self.pageSize ? nil : String(skip + page.count))
    }

    /// Razorpay lists what was settled by the day, of all settlements of that day.
    package func lines(
        of settlement: GatewaySettlement, after cursor: String?
    ) async throws(GatewayError) -> SettlementLinePage {
        let skip = cursor.flatMap { Int($0) } ?? 0
        let page = try await page(
            "settlements.recon", "/v1/settlements/recon/combined?\(Self.day(of: settlement.settledAt))", skip: skip,
            size: Self.linePageSize)
        let lines = try GatewayError.reading { () throws(MalformedEvent) in
            var lines: [SettlementLine] = []
            for item in page where try item.id("settlement_id") == settlement.reference {
                guard try RazorpayMapping.currency(of: item) == settlement.amount.currency else {
                    throw MalformedEvent("\(item.path).currency is not the settlement's")
                }
                lines.append(try RazorpayMapping.settlementLine(item))
            }
            return lines
        }
        return SettlementLinePage(lines: lines, next: page.count < Self.linePageSize ? nil : String(skip + page.count))
    }

    /// The day in India, as the list of its lines is asked for.
    private static func day(of moment: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 19_800) ?? .gmt
        let day = calendar.dateComponents([.year, .month, .day], from: moment)
        return "year=\(day.year ?? 0)&month=\(day.month ?? 0)&day=\(day.day ?? 0)"
    }
}

extension RazorpayMapping {
    static func settlementLine(_ item: ProviderObject) throws(MalformedEvent) -> SettlementLine {
        let dispute = try item.optionalID("dispute_id")
        let kind: SettlementLineKind
        switch try item.word("type") {
        case "payment": kind = .payment
        case "refund": kind = .refund
        default: kind = dispute == nil ? .adjustment : .dispute
        }
        let reference = try item.id("entity_id")
        let (debit, credit) = (try item.integer("debit"), try item.integer("credit"))
        let (net, overflow) = credit.subtractingReportingOverflow(debit)
        guard !overflow else { throw MalformedEvent("\(item.path) comes to more than can be") }
        return try SettlementLine(
            reference: reference, kind: kind,
            paymentReference: kind == .payment ? reference : try item.optionalID("payment_id"),
            sessionReference: kind == .payment ? try item.optionalID("order_id") : nil,
            subjectReference: kind == .dispute ? dispute : kind == .refund ? reference : nil, net: net,
            fee: try item.optionalInteger("fee") ?? 0, tax: try item.optionalInteger("tax") ?? 0,
            occurredAt: try item.moment("created_at"), path: item.path)
    }
}
