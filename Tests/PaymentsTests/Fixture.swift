import Core
import Foundation
import Orders
import Testing

@testable import Payments

enum Fixture {
    static let customer = Order.Customer(email: EmailAddress(rawValue: "buyer@example.com")!, name: "Karim Uddin")
    static let amount = Money(minorUnits: 120_000, currency: .bdt)

    /// What a report claims beside its status; `nil` for what matches the payment.
    struct Claim: Sendable, CustomTestStringConvertible {
        var amount: Money?
        var merchantAccount: String?
        var reference: String?
        var sessionReference: String?

        var testDescription: String {
            [amount.map { "\($0)" }, merchantAccount, reference, sessionReference].compactMap { $0 }.joined()
        }
    }

    static func payment(state: PaymentState) -> Payment {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        return Payment(
            id: ID(uuid: UUID(uuidString: "01900000-0000-7000-8000-000000000001")!),
            orderID: ID(uuid: UUID(uuidString: "01900000-0000-7000-8000-000000000002")!),
            demandID: ID(uuid: UUID(uuidString: "01900000-0000-7000-8000-000000000003")!), gateway: .stripe,
            merchantAccount: "test", state: state, amount: amount, refunded: .zero(.bdt),
            settlement: state.isCaptured ? .order : nil, attempt: 1, sessionReference: "cs_1", reference: "pi_1",
            redirectURL: "http://pay.test/cs_1", successURL: "http://shop.test/ok", cancelURL: "http://shop.test/no",
            sessionExpiresAt: now.addingTimeInterval(3_600), version: 1, createdAt: now, updatedAt: now)
    }

    static func report(
        _ payment: Payment, _ status: ReportStatus, source: ReportSource = .webhook(eventID: "evt_1"),
        claim: Claim = Claim()
    ) -> Report {
        Report(
            gateway: payment.gateway, paymentID: payment.id,
            sessionReference: claim.sessionReference ?? payment.sessionReference,
            reference: claim.reference ?? payment.reference, status: status, amount: claim.amount ?? payment.amount,
            merchantAccount: claim.merchantAccount ?? payment.merchantAccount, source: source, statement: "test")
    }

    static func refundReport(
        _ payment: Payment, _ status: RefundState, reference: String = "re_1", amount: Int64 = 120_000,
        refundID: ID<Refund>? = nil
    ) -> RefundReport {
        RefundReport(
            gateway: payment.gateway, refundID: refundID, reference: reference,
            paymentReference: payment.reference ?? "pi_1", status: status,
            amount: Money(minorUnits: amount, currency: .bdt), source: .webhook(eventID: "evt_r"), statement: "test")
    }
}
