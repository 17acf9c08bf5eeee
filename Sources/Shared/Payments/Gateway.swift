package import Core
package import Foundation
package import Jobs
package import Orders
package import Outbound

/// What a gateway needs to know to let a customer pay.
package struct CheckoutRequest: Sendable {
    package struct Line: Sendable, Hashable {
        package let name: String
        package let unitPrice: Money
        package let quantity: Int

        package init(name: String, unitPrice: Money, quantity: Int) {
            self.name = name
            self.unitPrice = unitPrice
            self.quantity = quantity
        }
    }

    package let paymentID: ID<Payment>
    package let orderID: ID<Order>
    /// Part of the idempotency key.
    package let attempt: Int
    package let amount: Money
    /// Add up to `amount`.
    package let lines: [Line]
    package let customerEmail: String?
    package let successURL: String
    package let cancelURL: String
    package let expiresAt: Date

    package init(
        paymentID: ID<Payment>, orderID: ID<Order>, attempt: Int, amount: Money, lines: [Line],
        customerEmail: String?, successURL: String, cancelURL: String, expiresAt: Date
    ) {
        self.paymentID = paymentID
        self.orderID = orderID
        self.attempt = attempt
        self.amount = amount
        self.lines = lines
        self.customerEmail = customerEmail
        self.successURL = successURL
        self.cancelURL = cancelURL
        self.expiresAt = expiresAt
    }
}

/// A place at the gateway where the customer pays.
package struct CheckoutSession: Sendable {
    package let sessionReference: String
    package let reference: String?
    package let redirectURL: String
    package let call: OutboundEvidence

    package init(sessionReference: String, reference: String?, redirectURL: String, call: OutboundEvidence) {
        self.sessionReference = sessionReference
        self.reference = reference
        self.redirectURL = redirectURL
        self.call = call
    }
}

/// Why a gateway gave no usable answer.
package enum GatewayError: Error, Sendable {
    /// It said no. `code` is its own stable word, where it has one.
    case refused(code: String?, message: String, evidence: OutboundEvidence?)
    /// It does not accept our credentials (any more). Nothing happened there, and nothing was said about the payment: an operator
    /// has to put the key right, and then the same call succeeds.
    case credentialsRefused(String)
    /// Nothing happened there.
    case unavailable(String)
    /// It may have happened. Asked again under the same idempotency key, the gateway says what came of it.
    case unknown(String)
    /// It may have happened, and the gateway has kept its failure under this idempotency key: it can only repeat that. Look
    /// whether it happened, then ask under a new key.
    case keySpent(String)
    /// It answered, and the answer is not what was asked for or can't be read.
    case integrity(String)
}

extension GatewayError {
    /// Nothing was heard: what is the case there has to be asked again later.
    var isSilence: Bool {
        switch self {
        case .credentialsRefused, .unavailable, .unknown, .keySpent: true
        case .refused, .integrity: false
        }
    }
}

extension GatewayError: PostponingError {
    /// Credentials are wrong until somebody puts them right: no number of attempts is too high for that.
    package var postponement: RetryLater? {
        guard case .credentialsRefused = self else { return nil }
        return RetryLater(after: .seconds(300), reason: description)
    }
}

extension GatewayError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let code, let message, _): "refused (\(code ?? "no code")): \(message)"
        case .credentialsRefused(let reason): "our credentials are refused: \(reason)"
        case .unavailable(let reason): "unavailable: \(reason)"
        case .unknown(let reason): "outcome unknown: \(reason)"
        case .keySpent(let reason): "outcome unknown, and the key is spent: \(reason)"
        case .integrity(let reason): "an answer that can't be right: \(reason)"
        }
    }
}

/// One payment provider. An adapter translates and checks; it decides nothing and stores nothing.
package protocol PaymentGateway: Sendable {
    var name: GatewayName { get }
    /// The account and mode that our credentials stand for.
    var merchantAccount: String { get }
    /// The shortest time a checkout has to stay open, and the longest.
    var sessionLifetime: ClosedRange<TimeInterval> { get }

    /// Opens a checkout; the same payment and attempt give the same one.
    func openCheckout(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession
    /// Asks what became of a payment. `nil` where the gateway knows nothing of it.
    func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Evidence?
    /// Our id of the payment that the gateway knows by `reference`; `nil` where it knows none or the payment is not ours.
    func paymentID(of reference: String) async throws(GatewayError) -> ID<Payment>?
    /// Sends money back; the same refund id and attempt have their effect once.
    func refund(_ refund: Refund, of payment: Payment) async throws(GatewayError) -> RefundEvidence
    /// Every refund of a payment that the gateway knows.
    func refunds(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [RefundEvidence]
    /// Every dispute of a payment that the gateway knows.
    func disputes(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [DisputeEvidence]
    /// Closes an open checkout, so that nobody can begin to pay there any more; what was paid or closed before stays so.
    /// - Returns: how the payment stands afterwards; `nil` where the gateway knows nothing of it.
    func closeCheckout(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Evidence?
    /// A page of what the gateway has on its own record, newest first.
    func records(
        of kind: GatewayRecordKind, in period: GatewayPeriod, after cursor: String?
    ) async throws(GatewayError) -> GatewayRecordPage
    /// Translates the stored body of an authentic push.
    /// - Throws: ``MalformedEvent``
    func interpret(_ body: [UInt8]) throws(MalformedEvent) -> GatewayFact
}

/// An authentic push that can't be understood; no repetition will change that.
package struct MalformedEvent: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// What a push is about.
package enum GatewayFact: Sendable, Hashable {
    case payment(Evidence)
    case refund(RefundEvidence)
    /// Something was refunded; which refunds there are has to be asked.
    case refundsChanged(reference: String, eventID: String)
    case dispute(DisputeEvidence)
    /// Authentic, and of no concern to us.
    case irrelevant(type: String)
}
