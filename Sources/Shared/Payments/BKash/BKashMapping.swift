import Core
import Foundation
import Orders

/// bKash's objects in our words. Pure; the calls are in ``BKashGateway``.
struct BKashMapping {
    /// How long bKash keeps a checkout open, and some time between two clocks.
    private static let lifetime: TimeInterval = 86_400 + 600

    let gateway: GatewayName
    let merchantAccount: String

    // MARK: Checkout

    static func invoice(_ request: CheckoutRequest) -> String { "\(request.paymentID)-\(request.attempt)" }

    /// Our payment behind an invoice number; nil for those of others.
    static func paymentID(ofInvoice invoice: String) -> ID<Payment>? {
        ID(String(decoding: invoice.utf8.prefix { $0 != UInt8(ascii: "-") }, as: UTF8.self))
    }

    static func checkout(_ request: CheckoutRequest) -> JSONValue {
        [
            "mode": "0011", "intent": "sale", "currency": "BDT", "amount": .string(MajorUnits.text(request.amount)),
            "callbackURL": .string(request.callbackURL), "merchantInvoiceNumber": .string(invoice(request)),
            "payerReference": .string(wallet(of: request.customer) ?? "\(request.orderID)"),
        ]
    }

    /// The number that the customer would else have to type at bKash's page, as it is dialled in Bangladesh.
    private static func wallet(of customer: Order.Customer) -> String? {
        guard let number = customer.phone?.rawValue, number.utf8.starts(with: "+8801".utf8) else { return nil }
        return String(decoding: number.utf8.dropFirst(3), as: UTF8.self)
    }

    /// The checkout has to be the one that was asked for, down to the last poisha.
    static func session(
        _ created: ProviderObject, for request: CheckoutRequest
    ) throws(MalformedEvent) -> (id: String, url: String) {
        guard try created.text("merchantInvoiceNumber") == UTF8Text(invoice(request)) else {
            throw MalformedEvent("\(created.path) is for another invoice")
        }
        guard try amount(of: created) == request.amount else {
            throw MalformedEvent("\(created.path) is for another amount")
        }
        return (try created.id("paymentID"), try created.webAddress("bkashURL"))
    }

    private static func amount(of object: ProviderObject) throws(MalformedEvent) -> Money {
        let code = try object.text("currency")
        guard code == "BDT" else { throw MalformedEvent("\(object.path).currency is \(code.excerpt())") }
        return try object.decimal("amount", in: .bdt)
    }

    // MARK: Payments

    /// What an execution or a query says.
    func report(
        _ object: ProviderObject, of payment: Payment, at now: Date, for actor: AuditActor
    ) throws(MalformedEvent) -> Report {
        let id = try object.id("paymentID")
        guard UTF8Text(id) == payment.sessionReference.map({ UTF8Text($0) }) else {
            throw MalformedEvent("\(object.path) is another payment's")
        }
        let named = object.note("merchantInvoiceNumber").flatMap(Self.paymentID(ofInvoice:))
        guard named == nil || named == payment.id else { throw MalformedEvent("\(object.path) is of another invoice") }
        let word = try object.word("transactionStatus")
        return Report(
            gateway: gateway, paymentID: payment.id, sessionReference: id, reference: try object.optionalID("trxID"),
            status: Self.status(word, createdAt: object.note("paymentCreateTime").flatMap(Self.moment), now: now),
            amount: try Self.amount(of: object), merchantAccount: merchantAccount, source: .read(actor), statement: word
        )
    }

    /// What the search for a transaction says of the payment that we know by it.
    func found(
        _ object: ProviderObject, as payment: Payment, for actor: AuditActor
    ) throws(MalformedEvent) -> Report {
        let word = try object.word("transactionStatus")
        return Report(
            gateway: gateway, paymentID: payment.id, sessionReference: nil, reference: try object.id("trxID"),
            status: Self.status(word, createdAt: nil, now: .distantPast), amount: try Self.amount(of: object),
            merchantAccount: merchantAccount, source: .read(actor), statement: word)
    }

    private static func status(_ word: String, createdAt: Date?, now: Date) -> ReportStatus {
        switch word {
        case "Completed": .captured
        case "Authorized": .authorised
        case "Initiated":
            createdAt.map { $0.addingTimeInterval(lifetime) < now } == true ? .expired : .pending
        // A word that nobody has published says neither yes nor no.
        default: .pending
        }
    }

    /// `2019-08-07T11:12:34:978 GMT+0600`, with a colon before the milliseconds; nil for anything else.
    static func moment(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count == 32, bytes[19] == UInt8(ascii: ":") else { return nil }
        let start = String(decoding: bytes[..<19], as: UTF8.self)
        let zone = String(decoding: bytes[27..<30] + [UInt8(ascii: ":")] + bytes[30...], as: UTF8.self)
        do {
            return try Date(start + zone, strategy: .iso8601)
        } catch {
            return nil
        }
    }

    // MARK: Notifications

    /// Money in the wallet, however it came: also by QR code, app or USSD, with whatever invoice its payer has typed.
    func fact(of envelope: SNSEnvelope, wallet topic: SNSTopic) throws(MalformedEvent) -> PushMeaning {
        let message = try ProviderObject(parsing: Array(envelope.message.utf8), path: "notification.Message")
        let type = try message.word("transactionType")
        guard let id = message.note("merchantInvoiceNumber").flatMap(Self.paymentID(ofInvoice:)) else {
            return .authentic([.irrelevant(type: "transaction \(type) without an invoice of ours")])
        }
        let word = try message.word("transactionStatus")
        // Only what was paid through the checkout is that checkout's. Who types our number elsewhere gives a reason to ask.
        guard Self.isOfCheckout(type), word == "Completed" else {
            return .trigger(PaymentPointer(paymentID: id))
        }
        let isOfWallet = message.note("creditShortCode").map { Self.isShortCode($0, of: topic) } ?? true
        return .authentic([
            .payment(
                Report(
                    gateway: gateway, paymentID: id, sessionReference: nil, reference: try message.id("trxID"),
                    status: .captured, amount: try Self.amount(of: message),
                    merchantAccount: isOfWallet ? merchantAccount : "\(merchantAccount)/another wallet",
                    source: .webhook(eventID: envelope.id), statement: "\(type) \(word)"))
        ])
    }

    /// UNCONFIRMED beyond samples: the code of payments by API, and an older one.
    private static func isOfCheckout(_ type: String) -> Bool { type == "10002294" || type == "1003" }

    /// UNCONFIRMED: the code is given with its last digits as asterisks, and the topic ends in the whole of it.
    private static func isShortCode(_ masked: String, of topic: SNSTopic) -> Bool {
        let digits = masked.utf8.prefix { $0 != UInt8(ascii: "*") }
        guard let start = topic.arn.utf8.lastIndex(of: UInt8(ascii: "_")) else { return true }
        return topic.arn.utf8[topic.arn.utf8.index(after: start)...].starts(with: digits)
    }
}
