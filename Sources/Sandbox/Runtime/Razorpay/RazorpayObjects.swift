/// https://razorpay.com/docs/api/orders/entity
struct RazorpayOrder: Recorded {
    enum Status: String, Codable, Sendable { case created, attempted, paid }

    let id: String
    let created: Int
    let amount: Int
    let currency: String
    let receipt: String?
    /// Nil for the account's own setting.
    let capturesAutomatically: Bool?
    var notes: [String: String]
    var status = Status.created
    var amountPaid = 0
    var attempts = 0
}

/// https://razorpay.com/docs/api/payments/entity
struct RazorpayPayment: Recorded {
    enum Status: String, Codable, Sendable { case created, authorized, captured, refunded, failed }
    enum Method: String, Codable, Sendable, CaseIterable { case card, upi, netbanking, wallet }

    let id: String
    let created: Int
    let order: String?
    let amount: Int
    let currency: String
    let method: Method
    let email: String
    let contact: String
    var notes: [String: String]
    var status = Status.created
    var isCaptured = false
    var amountRefunded = 0
    /// Including tax, once captured.
    var fee: Int?
    var tax: Int?
    var failure: RazorpayFailure?
    /// The bank's reference: `rrn`, `auth_code` or the like.
    let reference: String
    var settlement: String?
}

/// Why a payment failed.
struct RazorpayFailure: Codable, Sendable {
    let code: String
    let description: String
    let source: String
    let step: String
    let reason: String
}

/// https://razorpay.com/docs/api/refunds/entity
struct RazorpayRefund: Recorded {
    enum Status: String, Codable, Sendable { case pending, processed, failed }

    let id: String
    let created: Int
    let payment: String
    let amount: Int
    let currency: String
    let receipt: String?
    var notes: [String: String]
    let speedRequested: String
    var speedProcessed: String
    var status: Status
    /// The acquirer's reference, once processed.
    var arn: String?
    var settlement: String?
}

/// https://razorpay.com/docs/api/disputes/entity
struct RazorpayDispute: Recorded {
    enum Status: String, Codable, Sendable, CaseIterable {
        case open
        case underReview = "under_review"
        case won, lost, closed
    }
    enum Phase: String, Codable, Sendable, CaseIterable {
        case fraud, retrieval, chargeback
        case preArbitration = "pre_arbitration"
        case arbitration
    }

    let id: String
    let created: Int
    let payment: String
    let amount: Int
    let currency: String
    let phase: Phase
    let reason: String
    let respondBy: Int
    var status = Status.open
    /// 0 unless lost.
    var amountDeducted = 0
    /// What a contest brought, as it came.
    var evidence: JSON = .null
}

/// https://razorpay.com/docs/api/settlements/entity
struct RazorpaySettlement: Recorded {
    enum Status: String, Codable, Sendable { case created, processed, failed }

    let id: String
    let created: Int
    let amount: Int
    let fees: Int
    let tax: Int
    let utr: String
    var status: Status
    let payments: [String]
    let refunds: [String]
}

/// Something webhooks tell, as it was at its moment.
struct RazorpayEvent: Recorded {
    let id: String
    let created: Int
    let type: String
    let contains: [String]
    let payload: JSON
    let ordinal: UInt64
    /// Where it goes, each with the secret of that moment: retries keep the old one after a change.
    let receivers: [Receiver]

    struct Receiver: Codable, Sendable {
        let webhook: String
        let secret: String
    }
}

struct RazorpayWebhook: Codable, Sendable {
    let id: String
    var url: String
    var secret: String
    /// `*` for all.
    var events: [String] = ["*"]
    /// False once a day of failures has disabled it, until somebody enables it by hand.
    var isActive = true

    func wants(_ type: String) -> Bool { isActive && (events.contains("*") || events.contains(type)) }
}
