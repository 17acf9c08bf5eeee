package import Core
import Foundation
import Outbound

extension StripeGateway: DisputeListingGateway, RecordListingGateway, CheckoutClosingGateway {
    package func disputes(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [DisputeReport] {
        guard let reference = payment.reference else { return [] }
        let now = Date()
        let answer = try await call(
            "disputes.list", "GET", "/v1/disputes?payment_intent=\(PercentEncoding.escaped(reference))&limit=100",
            safety: .read)
        let list = try object(answer, "disputes")
        return try GatewayError.reading { () throws(MalformedEvent) in
            var result: [DisputeReport] = []
            for dispute in try list.objects("data") {
                if let report = try StripeMapping.disputeReport(
                    dispute, of: name, source: .read(actor), statedAt: now)
                {
                    result.append(report)
                }
            }
            return result
        }
    }

    /// Stripe closes an open session only; it refuses for one that was paid or has expired, which is then read as it stands.
    package func closeCheckout(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        guard let session = payment.sessionReference else { return nil }
        do {
            // To close a session twice does no harm, so that a repeat needs no key (and no key can keep a failure).
            let answer = try await call(
                "checkout_sessions.expire", "POST", "/v1/checkout/sessions/\(PercentEncoding.escaped(session))/expire",
                safety: .read, about: payment.id)
            let closed = try object(answer, "session")
            return try GatewayError.reading { () throws(MalformedEvent) in
                try StripeMapping.report(of: name, session: closed, intent: nil, source: .read(actor))
            }
        } catch .refused {
            return try await read(payment, for: actor)
        }
    }

    package func records(
        of kind: GatewayRecordKind, in period: GatewayPeriod, after cursor: String?
    ) async throws(GatewayError) -> GatewayRecordPage {
        var query = "limit=100&created%5Bgte%5D=\(period.start.secondsSince1970)"
        query += "&created%5Blt%5D=\(period.end.secondsSince1970)"
        if let cursor { query += "&starting_after=\(PercentEncoding.escaped(cursor))" }
        let now = Date()
        let answer = try await call(
            "\(Self.list(kind)).list", "GET", "/v1/\(Self.list(kind))?\(query)", safety: .read)
        let list = try object(answer, Self.list(kind))
        return try GatewayError.reading { () throws(MalformedEvent) in
            let objects = try list.objects("data")
            var records: [GatewayRecord] = []
            for object in objects {
                do throws(MalformedEvent) {
                    if let record = try record(kind, object, statedAt: now) { records.append(record) }
                } catch {
                    // An account may serve other shops too, in currencies that this one does not know.
                    records.append(
                        .unreadable(reference: object.note("id") ?? object.path, reason: error.description))
                }
            }
            let next = try list.bool("has_more") ? try objects.last?.id() : nil
            return GatewayRecordPage(records: records, next: next)
        }
    }

    private static func list(_ kind: GatewayRecordKind) -> String {
        switch kind {
        case .payments: "payment_intents"
        case .refunds: "refunds"
        case .disputes: "disputes"
        }
    }

    private func record(
        _ kind: GatewayRecordKind, _ object: ProviderObject, statedAt now: Date
    ) throws(MalformedEvent) -> GatewayRecord? {
        switch kind {
        case .payments:
            try StripeMapping.report(of: name, session: nil, intent: object, source: .read(.system)).map(
                GatewayRecord.payment)
        case .refunds:
            try StripeMapping.refundReport(object, of: name, source: .read(.system)).map(GatewayRecord.refund)
        case .disputes:
            try StripeMapping.disputeReport(object, of: name, source: .read(.system), statedAt: now).map(
                GatewayRecord.dispute)
        }
    }
}
