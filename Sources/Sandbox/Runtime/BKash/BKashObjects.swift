/// A checkout of one payment; `id` is the paymentID.
struct BKashPayment: Recorded {
    enum Status: String, Codable, Sendable {
        case initiated = "Initiated"
        case completed = "Completed"
        case authorized = "Authorized"
        /// An authorisation that was given up.
        case voided = "Cancelled"
    }

    /// What the customer did at the page.
    enum Answer: String, Codable, Sendable { case success, failure, cancel }

    let id: String
    let created: Int
    let invoice: String
    let payer: String
    /// Hundredths of BDT.
    let amount: Int
    /// As it was written by the merchant, which is how it is echoed.
    let amountText: String
    let intent: String
    let callbackURL: String
    var status = Status.initiated
    var answer: Answer?
    var customer: String?
    var transaction: String?
    var executed: Int?
    /// How often it was asked for although its execution had been answered: the acceptance test fails merchants for it.
    var needlessQueries = 0
}

struct BKashRefund: Codable, Sendable {
    let id: String
    let created: Int
    let transaction: String
    let amount: Int
    let sku: String
    let reason: String
}

struct BKashToken: Codable, Sendable {
    let id: String
    let refresh: String
    var expires: Int
    let refreshExpires: Int
}

/// One message to the merchant's topic, as it was at its moment.
struct BKashMessage: Recorded {
    enum Kind: String, Codable, Sendable {
        case notification = "Notification"
        case subscription = "SubscriptionConfirmation"
        case unsubscription = "UnsubscribeConfirmation"
    }

    /// A UUID, the same for every delivery.
    let id: String
    let created: Int
    let kind: Kind
    /// The JSON text of a payment, or a sentence for people.
    let text: String
    let token: String?
    let version: String
    /// Whether the message is sent as an object, as bKash's document shows it.
    let isObject: Bool
    let ordinal: UInt64
}

/// https://developer.bka.sh: an answer of HTTP 200 that is none.
struct BKashError: Error, Sendable {
    let code: String
    let message: String

    static let all = [
        "2001": "Invalid App Key", "2002": "Invalid Payment ID", "2003": "Process failed", "2006": "Invalid Amount",
        "2007": "Invalid Currency", "2008": "Invalid Intent", "2014": "Wrong PIN", "2023": "Insufficient Balance",
        "2026": "The reversal amount can't be greater than the original transaction amount",
        "2029": "Duplicate for all transactions", "2031": "Invalid merchant invoice number",
        "2033": "Transaction not found", "2034": "The transaction has been reversed already",
        "2048": "Invalid payer reference", "2049": "Invalid callback URL",
        "2054": "Pre-requisite for execute payment is not met",
        "2056": "Invalid Payment State", "2062": "The payment has already been completed",
        "2065": "Mandatory field missing", "2079": "Invalid app token",
        "2117": "Payment execution already been completed before",
        "2127": "The payment has not been completed yet", "9999": "System Error",
    ]

    init(_ code: String) {
        self.code = code
        message = Self.all[code] ?? "Process failed"
    }
}
