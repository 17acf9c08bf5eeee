package import Core
import Foundation
import Outbound

extension RazorpayGateway: DisputeListingGateway, RecordListingGateway {
    static let pageSize = 100
    /// A list that goes on for longer than anything of ours could is wrong.
    private static let pageLimit = 200

    /// Razorpay lists disputes newest first and by no payment; those of a payment are younger than it.
    package func disputes(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [DisputeReport] {
        guard let reference = payment.reference else { return [] }
        let (statedAt, begin) = (Date(), payment.createdAt.addingTimeInterval(-3_600))
        var reports: [DisputeReport] = []
        try await forEachPage("disputes.list", "/v1/disputes", about: payment.id) { disputes throws(MalformedEvent) in
            for dispute in disputes where try dispute.id("payment_id") == reference {
                reports.append(try mapping.disputeReport(of: dispute, source: .read(actor), statedAt: statedAt))
            }
            return try disputes.last?.moment("created_at") ?? begin >= begin
        }
        return reports
    }

    /// Payments that were captured; an order's other attempts say nothing about ours.
    package func records(
        of kind: GatewayRecordKind, in period: GatewayPeriod, after cursor: String?
    ) async throws(GatewayError) -> GatewayRecordPage {
        let skip = cursor.flatMap { Int($0) } ?? 0
        let page = try await page("\(kind.rawValue).list", Self.path(kind, period), skip: skip)
        let statedAt = Date()
        var records: [GatewayRecord] = []
        var isPast = false
        for object in page {
            do throws(MalformedEvent) {
                let made = try object.moment("created_at")
                isPast = made < period.start
                if let record = try record(kind, object, statedAt: statedAt), made >= period.start, made < period.end {
                    records.append(record)
                }
            } catch {
                records.append(.unreadable(reference: object.note("id") ?? object.path, reason: error.description))
            }
        }
        let isLast = page.count < Self.pageSize || isPast
        return GatewayRecordPage(
            records: try await withoutGoodwill(records), next: isLast ? nil : String(skip + page.count))
    }

    /// Disputes are not documented to be listed by time; they are few.
    private static func path(_ kind: GatewayRecordKind, _ period: GatewayPeriod) -> String {
        let span = "?from=\(period.start.secondsSince1970)&to=\(period.end.secondsSince1970)"
        switch kind {
        case .payments: return "/v1/payments\(span)"
        case .refunds: return "/v1/refunds\(span)"
        case .disputes: return "/v1/disputes"
        }
    }

    private func record(
        _ kind: GatewayRecordKind, _ object: ProviderObject, statedAt: Date
    ) throws(MalformedEvent) -> GatewayRecord? {
        switch kind {
        case .payments:
            try RazorpayMapping.status(of: object) == .captured
                ? .payment(try mapping.report(of: object, source: .read(.system))) : nil
        case .refunds: .refund(try mapping.refundReport(of: object, source: .read(.system)))
        case .disputes: .dispute(try mapping.disputeReport(of: object, source: .read(.system), statedAt: statedAt))
        }
    }

    /// Without the refunds by which Razorpay let go of what was never captured. Only such as we did not ask for are looked up.
    private func withoutGoodwill(_ records: [GatewayRecord]) async throws(GatewayError) -> [GatewayRecord] {
        var kept: [GatewayRecord] = []
        for record in records {
            if case .refund(let report) = record, report.refundID == nil,
                let payment = try await find(
                    "payments.fetch", "/v1/payments/\(PercentEncoding.escaped(report.paymentReference))", "payment")
            {
                let status = try GatewayError.reading { () throws(MalformedEvent) in
                    try RazorpayMapping.status(of: payment)
                }
                guard status == .captured else { continue }
            }
            kept.append(record)
        }
        return kept
    }

    /// Goes through a list, newest first, as long as `goesOn` wants more.
    func forEachPage(
        _ operation: String, _ path: String, about payment: ID<Payment>? = nil,
        _ goesOn: ([ProviderObject]) throws(MalformedEvent) -> Bool
    ) async throws(GatewayError) {
        var skip = 0
        for _ in 0..<Self.pageLimit {
            let page = try await page(operation, path, skip: skip, about: payment)
            let wantsMore = try GatewayError.reading { () throws(MalformedEvent) in try goesOn(page) }
            guard wantsMore, page.count == Self.pageSize else { return }
            skip += page.count
        }
        throw .integrity("\(path) has no end")
    }

    func page(
        _ operation: String, _ path: String, skip: Int, about payment: ID<Payment>? = nil, size: Int = pageSize
    ) async throws(GatewayError) -> [ProviderObject] {
        let query = "count=\(size)&skip=\(skip)"
        let answer = try await call(
            operation, "GET", "\(path)\(path.contains("?") ? "&" : "?")\(query)", safety: .read, about: payment)
        let list = try object(answer, operation)
        return try GatewayError.reading { () throws(MalformedEvent) in try list.objects("items") }
    }
}
