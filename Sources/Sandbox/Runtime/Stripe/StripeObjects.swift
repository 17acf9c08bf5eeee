/// https://docs.stripe.com/api/checkout/sessions/object, mode `payment`.
struct CheckoutSession: Recorded {
    enum Status: String, Codable, Sendable { case open, complete, expired }
    enum PaymentStatus: String, Codable, Sendable {
        case paid, unpaid
        case noPaymentRequired = "no_payment_required"
    }

    struct LineItem: Codable, Sendable {
        let id: String
        let priceID: String
        let productID: String
        let name: String
        let description: String?
        let unitAmount: Int
        let quantity: Int
        let currency: String

        var total: Int { unitAmount * quantity }
    }

    let id: String
    let created: Int
    let expiresAt: Int
    let url: String
    let successURL: String
    let cancelURL: String?
    let currency: String
    let amountTotal: Int
    let lines: [LineItem]
    let clientReferenceID: String?
    let customer: String?
    let customerEmail: String?
    let uiMode: String
    var metadata: [String: String]
    let intentMetadata: [String: String]
    let captureMethod: PaymentIntent.CaptureMethod
    let intentDescription: String?
    var status: Status = .open
    var paymentStatus: PaymentStatus = .unpaid
    var paymentIntent: String?
    var payerEmail: String?
}

/// https://docs.stripe.com/api/payment_intents/object
struct PaymentIntent: Recorded {
    enum Status: String, Codable, Sendable {
        case requiresPaymentMethod = "requires_payment_method"
        case requiresConfirmation = "requires_confirmation"
        case requiresAction = "requires_action"
        case processing
        case requiresCapture = "requires_capture"
        case succeeded
        case canceled
    }
    enum CaptureMethod: String, Codable, Sendable, CaseIterable {
        case automatic
        case automaticAsync = "automatic_async"
        case manual
    }

    let id: String
    let created: Int
    let clientSecret: String
    var amount: Int
    let currency: String
    var captureMethod: CaptureMethod
    let confirmationMethod: String
    var customer: String?
    var description: String?
    var receiptEmail: String?
    var returnURL: String?
    var metadata: [String: String]
    var status: Status = .requiresPaymentMethod
    var amountReceived = 0
    var amountCapturable = 0
    var paymentMethod: String?
    var latestCharge: String?
    var lastError: CardDecline?
    var canceledAt: Int?
    var cancellationReason: String?
    /// The session this belongs to. Not a field of Stripe's.
    var session: String?
}

/// Why a payment attempt was declined.
struct CardDecline: Codable, Sendable, Equatable {
    let code: String
    let declineCode: String?
    let message: String
    var charge: String?
}

/// https://docs.stripe.com/api/charges/object
struct Charge: Recorded {
    enum Status: String, Codable, Sendable { case succeeded, pending, failed }

    let id: String
    let created: Int
    let paymentIntent: String
    let amount: Int
    var amountCaptured: Int
    var amountRefunded = 0
    let currency: String
    var captured: Bool
    var status: Status
    var balanceTransaction: String?
    let customer: String?
    let description: String?
    let receiptEmail: String?
    let billingEmail: String?
    var metadata: [String: String]
    let instrument: Instrument
    var failure: CardDecline?

    var refunded: Bool { amountRefunded > 0 && amountRefunded == amountCaptured }
}

/// https://docs.stripe.com/api/refunds/object
struct Refund: Recorded {
    enum Status: String, Codable, Sendable {
        case pending, succeeded, failed, canceled
        case requiresAction = "requires_action"
    }

    let id: String
    let created: Int
    let amount: Int
    let currency: String
    let charge: String
    let paymentIntent: String
    let reason: String?
    var metadata: [String: String]
    var status: Status
    var balanceTransaction: String?
    var failureReason: String?
    var pendingReason: String?
    var referenceAvailable = false
}

/// https://docs.stripe.com/api/balance_transactions/object
struct BalanceTransaction: Recorded {
    let id: String
    let created: Int
    let amount: Int
    let fee: Int
    let currency: String
    let type: String
    let source: String
    let availableOn: Int
    var payout: String?

    var net: Int { amount - fee }
}

/// https://docs.stripe.com/api/payouts/object
struct Payout: Recorded {
    let id: String
    let created: Int
    let amount: Int
    let currency: String
    let balanceTransaction: String
}

/// https://docs.stripe.com/api/events/object; the object is as it was when this happened.
struct StripeEvent: Recorded {
    let id: String
    let created: Int
    let type: String
    let object: StripeObject
    let previous: JSON?
    let cause: StripeCause
    /// The event's number since the last reset.
    let ordinal: UInt64
    /// How many endpoints it was to be sent to.
    let endpoints: Int
}

/// The API request that brought something about; empty for what a customer or time did.
struct StripeCause: Codable, Sendable {
    var requestID: String?
    var idempotencyKey: String?
}

/// What an event can be about. A snapshot shares its texts with the living object, so that keeping many costs little.
enum StripeObject: Codable, Sendable {
    case checkoutSession(CheckoutSession)
    case paymentIntent(PaymentIntent)
    case charge(Charge)
    case refund(Refund)
    case payout(Payout)
    /// Whatever the control plane was told to send.
    case given(JSON)

    var id: String {
        switch self {
        case .checkoutSession(let session): session.id
        case .paymentIntent(let intent): intent.id
        case .charge(let charge): charge.id
        case .refund(let refund): refund.id
        case .payout(let payout): payout.id
        case .given(let object): object["id"]?.stringValue ?? ""
        }
    }
}

/// A receiver of events.
struct StripeEndpoint: Codable, Sendable {
    let id: String
    var url: String
    /// The first is the current one; a push is signed with each.
    var secrets: [String]
    /// `*` or a list of types.
    var types: [String]
    var enabled = true

    func wants(_ type: String) -> Bool {
        enabled && types.contains { $0 == "*" || $0 == type }
    }
}
