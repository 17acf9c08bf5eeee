package import Core
package import Foundation

/// An account of ours at a payment provider: what each must be able to do. What only some can are the protocols of
/// ``GatewayCapability``. An adapter translates and checks; it decides nothing and stores nothing.
package protocol PaymentGateway: Sendable {
    var name: GatewayName { get }
    /// The account and mode that our credentials stand for.
    var merchantAccount: String { get }
    /// The shortest time a checkout has to stay open, and the longest.
    var sessionLifetime: ClosedRange<TimeInterval> { get }
    /// What it can't do, each with the reason, for operators.
    var lacking: [GatewayCapability: String] { get }

    /// Why it can't charge this amount, in words; nil where it can.
    func objection(to amount: Money) -> String?
    /// Opens a checkout; the same payment and attempt give the same one.
    func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession
    /// Asks what became of a payment. `nil` where the gateway knows nothing of it.
    func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report?
    /// Translates a stored push.
    /// - Throws: ``MalformedEvent``
    func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning
    /// The payments that a push may be about which `interpret` makes no sense of, by the names that stand in its bytes: hints, a
    /// few at most.
    func mentions(in push: GatewayPush) -> [PaymentPointer]
    /// Whether what the customer's browser brings back says that nothing was paid. It proves nothing: as long as the payment is
    /// open, it only decides on which page of the shop the customer goes on.
    func isGivenUp(_ fields: [String: String]) -> Bool
}

extension PaymentGateway {
    /// Takes every amount.
    package func objection(to amount: Money) -> String? { nil }

    package func isGivenUp(_ fields: [String: String]) -> Bool { false }

    /// By our own ids.
    package func mentions(in push: GatewayPush) -> [PaymentPointer] {
        PushMentions.words(in: push.body, startingWith: ["\(Payment.typePrefix)_"]).compactMap { word in
            ID(word).map { PaymentPointer(paymentID: $0) }
        }
    }
}

/// A push as it was stored.
package struct GatewayPush: Sendable, Hashable {
    /// What duplicates are recognised by; a provider may send it in a header.
    package let id: String
    /// Those that the provider's verifier keeps, by lower-case name.
    package let headers: [String: String]
    /// The raw bytes.
    package let body: [UInt8]

    package init(id: String, headers: [String: String] = [:], body: [UInt8]) {
        self.id = id
        self.headers = headers
        self.body = body
    }
}

/// A push that can't be understood; no repetition will change that, so that the gateway has to be asked instead.
package struct MalformedEvent: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// What a push amounts to.
package enum PushMeaning: Sendable, Hashable {
    /// Its sender is proven: what it says is true, perhaps stale by now.
    case authentic([GatewayFact])
    /// Anybody may have sent it: nothing of it is believed, it only is a reason to ask about this payment.
    case trigger(PaymentPointer)
    /// The provider wants to be shown that the address is ours.
    case challenge(PushChallenge)
}

/// What a proven push says.
package enum GatewayFact: Sendable, Hashable {
    case payment(Report)
    case refund(RefundReport)
    /// Something was refunded; which refunds there are has to be asked.
    case refundsChanged(reference: String, eventID: String)
    case dispute(DisputeReport)
    /// Money was paid out to our bank.
    case settled(reference: String)
    /// Of no concern to us.
    case irrelevant(type: String)
}

/// The names by which a push may know a payment, at least one of them.
package struct PaymentPointer: Sendable, Hashable {
    package let paymentID: ID<Payment>?
    package let sessionReference: String?
    package let reference: String?

    package init(paymentID: ID<Payment>?, sessionReference: String? = nil, reference: String? = nil) {
        self.paymentID = paymentID
        self.sessionReference = sessionReference
        self.reference = reference
    }
}

/// What a provider wants to see before it pushes to us.
package struct PushChallenge: Sendable, Hashable {
    /// The address that has to be visited; its host is the adapter's to check.
    package let address: String

    package init(address: String) {
        self.address = address
    }
}
