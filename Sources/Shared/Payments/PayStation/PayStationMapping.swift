import Core
import Foundation
import Orders

/// PayStation's fields.
enum PayStationMapping {
    /// Our number of an attempt.
    static let number: UTF8Text = "invoice_number"

    static let secretFields = [
        "password", "token", "cust_name", "cust_phone", "cust_email", "cust_address", "payer_mobile_no",
    ]

    /// Without what is empty, which PayStation refuses.
    static func order(
        _ request: CheckoutRequest, number: String, at provider: PayStationProvider
    ) throws(GatewayError) -> [(name: String, value: String)] {
        let (customer, address) = (request.customer, request.shippingAddress)
        guard let phone = customer.phone?.rawValue ?? address?.phone ?? provider.contactPhone else {
            throw .refused(
                code: "phone_missing", message: "PayStation wants a telephone number of whoever pays", evidence: nil)
        }
        var fields = [
            ("merchantId", provider.merchantID), ("password", provider.password.reveal()), ("invoice_number", number),
            ("currency", "BDT"), ("payment_amount", amount(request.amount)),
            ("cust_name", customer.name ?? address?.name ?? customer.email.rawValue), ("cust_phone", phone),
            ("cust_email", customer.email.rawValue), ("callback_url", request.callbackURL),
            ("reference", "\(request.orderID)"),
        ]
        if let address { fields.append(("cust_address", "\(address.line1), \(address.city)")) }
        if provider.payerBearsCharge { fields.append(("pay_with_charge", "1")) }
        return fields.filter { !$0.1.isEmpty }.map { (name: $0.0, value: $0.1) }
    }

    /// Without decimals where there are none, as most send it.
    private static func amount(_ amount: Money) -> String {
        amount.minorUnits % 100 == 0 ? String(amount.minorUnits / 100) : MajorUnits.text(amount)
    }

    /// Of what the status says; `payment_amount` says nothing, it is there before anything is paid. A word that is not known, and a
    /// checkout that was left, stay open until their time is over.
    static func status(of found: ProviderObject) -> ReportStatus {
        let word = word(found.note("trx_status"))
        if isSuccess(word) || isRefund(word) { return .captured }
        return word == "failed" ? .failed : .pending
    }

    static func isRefunded(_ found: ProviderObject) -> Bool { isRefund(word(found.note("trx_status"))) }

    /// "Success", "success" and "Successful" stand each in another place.
    static func isSuccess(_ text: UTF8Text) -> Bool {
        let word = word(text.string)
        return word == "success" || word == "successful"
    }

    private static func isRefund(_ word: UTF8Text) -> Bool { word == "refund" || word == "refunded" }

    private static func word(_ text: String?) -> UTF8Text {
        UTF8Text(Substring((text ?? "").utf8.trimmingBlanks())).lowercasedASCII
    }
}
