package import Core
package import Foundation

/// Cash that somebody collects at the customer's door, as a gateway: its attempt is opened with the order, and what captures it is the
/// collection report. It has no account, no settings and no pushes, so that every marketplace has it; whether it is offered
/// is the business of the rules on cash on delivery.
package struct CashOnDeliveryGateway: CheckoutClosingGateway {
    package let name = GatewayName.cashOnDelivery
    package let merchantAccount = "cash"
    /// A parcel may be long on its way.
    package let sessionLifetime: ClosedRange<TimeInterval> = 0...(60 * 86_400)

    package let lacking: [GatewayCapability: String] = [
        .confirmReturn: "Nobody is sent anywhere to pay",
        .captureAndVoid: "Cash is taken at once",
        .refund: "What was paid in cash is sent back by hand",
        .listRefunds: "What was paid in cash is sent back by hand",
        .listDisputes: "Nobody disputes cash",
        .findPayment: "Collections are known by our own orders only",
        .listRecords: "Whoever collects tells of each collection",
        .listBalance: "Whoever collects tells of each collection",
        .listSettlements: "Whoever collects tells of each collection",
        .answerChallenge: "Nobody pushes",
    ]

    package init() {}

    /// Its attempts are opened by ``OpenCashPayment`` with the order, never because a customer asks for it.
    package func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession {
        throw .refused(code: "not_a_checkout", message: "cash is paid at the door", evidence: nil)
    }

    /// There is nobody to be asked: who has collected tells so.
    package func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? { nil }

    package func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning {
        throw MalformedEvent("nobody pushes about cash")
    }

    /// Nothing is to be collected any more.
    package func closeCheckout(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        Report(
            gateway: name, paymentID: payment.id, sessionReference: payment.sessionReference, reference: nil,
            status: .cancelled, amount: nil, merchantAccount: merchantAccount, source: .stated(by: actor),
            statement: "nothing is to be collected")
    }
}

extension GatewayName {
    /// Cash, collected by whoever delivers.
    package static let cashOnDelivery = GatewayName(rawValue: "cash_on_delivery")
}
