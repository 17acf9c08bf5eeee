/// What a merchant asked to be paid; `id` is the session key.
struct SSLCommerzSession: Recorded {
    let id: String
    let created: Int
    /// The end of the page's address.
    let token: String
    let transaction: String
    /// Hundredths of `currency`.
    let amount: Int
    let currency: String
    let successURL: String
    let failURL: String
    let cancelURL: String
    let ipnURL: String
    let product: String
    /// `value_a` to `value_d`, echoed.
    let values: [String: String]
    /// Whether the customer has seen the page.
    var isOpened = false
    /// Whether it can't be paid any more.
    var isClosed = false
}

/// One attempt at paying a session; a transaction id can have several.
struct SSLCommerzAttempt: Recorded {
    enum Status: String, Codable, Sendable {
        case valid = "VALID"
        /// Still paid; asked for before.
        case validated = "VALIDATED"
        case pending = "PENDING"
        case failed = "FAILED"
        case cancelled = "CANCELLED"
        case expired = "EXPIRED"
        case unattempted = "UNATTEMPTED"

        var isPaid: Bool { self == .valid || self == .validated }
    }

    let id: String
    let created: Int
    let session: String
    let transaction: String
    var status: Status
    /// Only once paid.
    var validation: String?
    let bankTransaction: String
    let method: SSLCommerzMethod
    /// Hundredths of BDT: SSLCommerz settles in BDT whatever the order's currency.
    let amount: Int
    /// Hundredths of the order's currency.
    let currencyAmount: Int
    let currencyType: String
    /// Ten-thousandths of BDT for one unit.
    let rate: Int
    let isRisky: Bool
    var error = ""
    var validatedAt: Int?
    let values: [String: String]

    /// What the store gets: 2.5 % less (UNCONFIRMED: a contract's real rate).
    var storeAmount: Int { amount - amount / 40 }
}

/// What a customer pays with.
enum SSLCommerzMethod: String, Codable, Sendable, CaseIterable {
    case visa, bkash, internetbanking

    var cardType: String {
        switch self {
        case .visa: "VISA-Dutch Bangla"
        case .bkash: "BKASH-BKash"
        case .internetbanking: "CITYTOUCH-City Bank"
        }
    }
    var brand: String {
        switch self {
        case .visa: "VISA"
        case .bkash: "MOBILEBANKING"
        case .internetbanking: "IB"
        }
    }
    var issuer: String {
        switch self {
        case .visa: "TRUST BANK, LTD."
        case .bkash: "BKash Mobile Banking"
        case .internetbanking: "City Bank Ltd."
        }
    }
    var number: String { self == .visa ? "455445XXXXXX4326" : "" }
}

struct SSLCommerzRefund: Recorded {
    enum Status: String, Codable, Sendable { case refunded, processing, cancelled }

    /// `refund_ref_id`
    let id: String
    let created: Int
    let attempt: String
    let bankTransaction: String
    let transaction: String
    /// The merchant's own `refund_trans_id`.
    let reference: String?
    let amount: Int
    var status: Status
    var refundedAt: Int?
}

/// One notification, as it was at its moment.
struct SSLCommerzNotice: Recorded {
    let id: String
    let created: Int
    let status: String
    let url: String
    let body: [UInt8]
    let ordinal: UInt64
}
