package import Core
import Outbound

extension RazorpayGateway: CapturingGateway {
    /// An account may leave it to us, and the bank's late yes always is.
    package var takesWhatIsAuthorised: Bool { true }

    /// Takes what the customer's bank has said yes to: by itself Razorpay does so only where the account is set so and the bank was not
    /// too late. One payment of an order at most is captured.
    package func capture(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report {
        guard let session = payment.sessionReference else {
            throw .refused(code: nil, message: "the payment has no order to capture", evidence: nil)
        }
        let payments = try await payments(of: session, about: payment.id)
        let authorised = try GatewayError.reading { () throws(MalformedEvent) in
            guard try RazorpayMapping.captures(among: payments).isEmpty else { return nil as String? }
            for candidate in payments where try RazorpayMapping.status(of: candidate) == .authorised {
                guard try RazorpayMapping.money(candidate, "amount") == payment.amount else { continue }
                return try candidate.id()
            }
            return nil
        }
        if let authorised { try await take(authorised, payment) }
        guard let report = try await read(payment, for: actor), report.status == .captured else {
            throw .refused(code: nil, message: "the order has no authorised payment to capture", evidence: nil)
        }
        return report
    }

    private func take(_ reference: String, _ payment: Payment) async throws(GatewayError) {
        let body: JSONValue = [
            "amount": .integer(payment.amount.minorUnits), "currency": .string(payment.amount.currency.code),
        ]
        do {
            // To capture twice is refused and does no harm, so that a repetition needs no key.
            _ = try await call(
                "payments.capture", "POST", "/v1/payments/\(PercentEncoding.escaped(reference))/capture", body,
                safety: .read, about: payment.id)
        } catch .refused {
            // Whoever was faster has captured it: the reading that follows tells.
        }
    }

    /// There is no call for it: what nobody captures Razorpay gives back by itself, in three days at most.
    package func void(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report {
        if let report = try await read(payment, for: actor), report.status == .cancelled { return report }
        throw .refused(
            code: "void_unsupported",
            message: "Razorpay lets an authorised payment go by itself where it is not captured in time", evidence: nil)
    }
}
