import Core
import Foundation
import Orders

/// One attempt at paying, as SSLCommerz tells of it.
struct SSLCommerzTransaction {
    enum Status {
        case paid, pending, failed, cancelled, expired

        /// A word that nobody has published says neither yes nor no.
        init(_ word: String) {
            switch word {
            // The second, third … question about what is VALID.
            case "VALID", "VALIDATED": self = .paid
            case "FAILED": self = .failed
            case "CANCELLED": self = .cancelled
            case "EXPIRED", "UNATTEMPTED": self = .expired
            default: self = .pending
            }
        }
    }

    let status: Status
    /// SSLCommerz's own.
    let word: String
    let validation: String?
    /// The payment's name for refunds.
    let bankTransaction: String?
    /// What was ordered, in its currency.
    let amount: Money
    /// What is settled, refunds included: SSLCommerz counts in BDT whatever was ordered.
    let settled: Money
    let isRisky: Bool
    let risk: String

    init(_ object: ProviderObject, of transaction: String) throws(MalformedEvent) {
        guard try object.text("tran_id") == UTF8Text(transaction) else {
            throw MalformedEvent("\(object.path) is of another transaction")
        }
        word = try object.word("status")
        status = Status(word)
        validation = object.note("val_id").flatMap { $0.isEmpty ? nil : $0 }
        bankTransaction = object.note("bank_tran_id").flatMap { $0.isEmpty ? nil : $0 }
        guard try object.text("currency") == "BDT" else { throw MalformedEvent("\(object.path).currency is not BDT") }
        settled = try object.decimal("amount", in: .bdt)
        let code = try object.text("currency_type")
        if code == "BDT" {
            amount = settled
        } else {
            amount = try object.decimal("currency_amount", in: try Self.currency(code, object.path))
        }
        let level = object.note("risk_level") ?? "0"
        isRisky = UTF8Text(level) != "0"
        risk = object.note("risk_title") ?? level
        guard status != .paid || validation != nil && bankTransaction != nil else {
            throw MalformedEvent("\(object.path) is paid without val_id or bank_tran_id")
        }
    }

    private static func currency(_ code: UTF8Text, _ path: String) throws(MalformedEvent) -> Currency {
        do {
            return try Currency(code.excerpt())
        } catch {
            throw MalformedEvent("\(path).currency_type: \(error)")
        }
    }

    func isSame(as other: SSLCommerzTransaction) -> Bool {
        other.validation.map { UTF8Text($0) } == validation.map { UTF8Text($0) } && other.amount == amount
            && other.bankTransaction.map { UTF8Text($0) } == bankTransaction.map { UTF8Text($0) }
    }

    /// What of BDT was paid for a part of what was ordered, the odd poisha to us.
    func settlement(of part: Money) -> Money? {
        guard part.currency == amount.currency, amount.minorUnits > 0, part.minorUnits <= amount.minorUnits else {
            return nil
        }
        let units = Int128(settled.minorUnits) * Int128(part.minorUnits) / Int128(amount.minorUnits)
        return Int64(exactly: units).map { Money(minorUnits: $0, currency: .bdt) }
    }
}

/// What SSLCommerz is sent for a payment. Pure.
enum SSLCommerzForm {
    /// Our number of a transaction, of at most 30 characters: the payment's id without its prefix, and the attempt.
    static func transaction(_ payment: ID<Payment>, attempt: Int) -> String {
        "\(payment)".utf8.dropFirst(Payment.typePrefix.utf8.count + 1).reduce(into: "") {
            $0.unicodeScalars.append(Unicode.Scalar($1))
        } + "-\(attempt)"
    }

    /// Our payment behind such a number; nil for those of others.
    static func paymentID(of transaction: String) -> ID<Payment>? {
        let name = String(decoding: transaction.utf8.prefix { $0 != UInt8(ascii: "-") }, as: UTF8.self)
        return ID("\(Payment.typePrefix)_\(name)")
    }

    static func session(_ request: CheckoutRequest) -> [(name: String, value: String)] {
        let address = request.shippingAddress
        let name = request.customer.name ?? address?.name
        let phone = request.customer.phone?.rawValue ?? address?.phone
        return [
            ("total_amount", MajorUnits.text(request.amount)), ("currency", request.amount.currency.code),
            ("tran_id", transaction(request.paymentID, attempt: request.attempt)),
            // All outcomes come back to us, where SSLCommerz is asked.
            ("success_url", request.callbackURL), ("fail_url", request.callbackURL),
            ("cancel_url", request.callbackURL),
            ("cus_name", stated(name, 50)), ("cus_email", request.customer.email.rawValue),
            ("cus_add1", stated(address?.line1, 50)), ("cus_city", stated(address?.city, 50)),
            ("cus_postcode", stated(address?.postalCode, 30)), ("cus_country", stated(address?.country, 50)),
            ("cus_phone", stated(phone, 20)),
            ("shipping_method", "NO"), ("num_of_item", "\(request.lines.count)"),
            ("product_name", stated(request.lines.map(\.name).joined(separator: ", "), 255)),
            ("product_category", "general"), ("product_profile", "general"),
            ("value_a", "\(request.paymentID)"), ("value_b", "\(request.orderID)"),
        ]
    }

    /// SSLCommerz wants each of them stated; a buyer of keys has no address.
    private static func stated(_ text: String?, _ limit: Int) -> String {
        let scalars = (text ?? "").unicodeScalars.prefix(limit)
        return scalars.isEmpty ? "N/A" : String(String.UnicodeScalarView(scalars))
    }
}
