package import Core
import Outbound

extension RazorpayGateway: RefundingGateway, RefundListingGateway {
    /// The receipt is unique among refunds: where a key is not heeded (Razorpay's test mode), a repetition is refused, and the refund
    /// found in the list.
    package func refund(_ refund: Refund, of payment: Payment) async throws(GatewayError) -> RefundReport {
        guard let reference = payment.reference else {
            throw .refused(code: nil, message: "the payment has no captured payment to refund", evidence: nil)
        }
        let body: JSONValue = [
            "amount": .integer(refund.amount.minorUnits), "speed": .string(settings.refundSpeed),
            "receipt": .string("\(refund.id)"),
            "notes": ["refund_id": .string("\(refund.id)"), "payment_id": .string("\(refund.paymentID)")],
        ]
        let answer = try await call(
            "refunds.create", "POST", "/v1/payments/\(PercentEncoding.escaped(reference))/refund", body,
            safety: .keyed(Self.key(refund)), about: payment.id)
        let object = try object(answer, "refund")
        return try GatewayError.reading { () throws(MalformedEvent) in
            let report = try mapping.refundReport(of: object, source: .read(.system))
            guard report.paymentReference == reference, report.amount == refund.amount, report.refundID == refund.id
            else { throw MalformedEvent("refund is not the one that was asked for") }
            return report
        }
    }

    /// Letters, digits, `-` and `_` alone, at least ten.
    private static func key(_ refund: Refund) -> String { refund.requestKey.replacing("/", with: "-") }

    package func refunds(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [RefundReport] {
        guard let reference = payment.reference else { return [] }
        var reports: [RefundReport] = []
        let path = "/v1/payments/\(PercentEncoding.escaped(reference))/refunds"
        try await forEachPage("refunds.list", path, about: payment.id) { refunds throws(MalformedEvent) in
            for refund in refunds { reports.append(try mapping.refundReport(of: refund, source: .read(actor))) }
            return true
        }
        return reports
    }
}
