import Core
import Foundation
import Orders

/// aamarPay's fields.
enum AamarPayMapping {
    /// Our number of an attempt, in whatever aamarPay tells; in what it is told it is `tran_id` and `request_id`.
    static let number: UTF8Text = "mer_txnid"

    static let secretFields = [
        "signature_key", "cus_name", "cus_email", "cus_phone", "cus_add1", "cus_add2", "cus_city", "cus_state",
        "cus_postcode", "card_number", "cardnumber", "card_holder", "ip", "ip_address",
    ]

    static func merchantAccount(_ store: String, isLive: Bool) -> String { "\(store)/\(isLive ? "live" : "test")" }

    static func takes(_ currency: Currency) -> Bool { currency.code == "BDT" || currency.code == "USD" }

    static func order(
        _ request: CheckoutRequest, number: String, at provider: AamarPayProvider
    ) throws(GatewayError) -> JSONValue {
        let (customer, address) = (request.customer, request.shippingAddress)
        guard let phone = customer.phone?.rawValue ?? address?.phone ?? provider.contactPhone else {
            throw .refused(
                code: "phone_missing", message: "aamarPay wants a telephone number of whoever pays", evidence: nil)
        }
        var fields: [UTF8Text: String] = [
            "store_id": provider.storeID, "signature_key": provider.signatureKey.reveal(), "tran_id": number,
            "amount": MajorUnits.text(request.amount), "currency": request.amount.currency.code,
            "success_url": request.callbackURL, "fail_url": request.callbackURL,
            // A link without a word: there is nothing to ask about.
            "cancel_url": request.cancelURL,
            "desc": "Order \(request.orderID)", "cus_name": customer.name ?? address?.name ?? customer.email.rawValue,
            "cus_email": customer.email.rawValue, "cus_phone": phone, "cus_country": address?.country ?? "BD",
            "type": "json",
        ]
        fields["cus_add1"] = address?.line1
        fields["cus_add2"] = address?.line2
        fields["cus_city"] = address?.city
        fields["cus_state"] = address?.region
        fields["cus_postcode"] = address?.postalCode
        return .object(fields.mapValues(JSONValue.string))
    }

    /// The page that was opened; `result` alone says nothing (UNCONFIRMED).
    static func page(_ body: [UInt8]) -> UTF8Text? {
        do {
            return try ProviderObject(parsing: body, path: "order").text("payment_url")
        } catch {
            return nil
        }
    }

    enum SearchAnswer {
        case found([ProviderObject])
        case nothing
        case refusal
    }

    /// One row, alone or in a list; for an unknown number an empty one or `{"status":"Invalid …"}` (UNCONFIRMED).
    static func search(_ body: [UInt8]) -> SearchAnswer {
        let json = LazyJSON(body)
        do {
            switch json.shape {
            case .scalar: return .refusal
            case .array:
                guard let elements = json.elements else { return .refusal }
                let rows = try elements.map { try ProviderObject($0, path: "transaction") }
                return rows.isEmpty ? .nothing : .found(rows)
            case .object:
                let row = try ProviderObject(json, path: "transaction")
                if json.members?.isEmpty == true || isUnknown(row) { return .nothing }
                return row.note(number) == nil ? .refusal : .found([row])
            }
        } catch {
            return .refusal
        }
    }

    private static func isUnknown(_ row: ProviderObject) -> Bool {
        guard row.note(number) == nil, let status = row.note("status") else { return false }
        let words = Array(UTF8Text(status).lowercasedASCII.utf8)
        return words.starts(with: "invalid".utf8) && words.contains(Array("transaction".utf8))
    }

    /// The row of a number, the successful one where there are several.
    static func row(of wanted: String, among rows: [ProviderObject]) throws(MalformedEvent) -> ProviderObject {
        var own: [ProviderObject] = []
        for row in rows where try row.word(number) == wanted { own.append(row) }
        guard let row = own.first(where: isSuccess) ?? own.first else {
            throw MalformedEvent("the transaction found is another one")
        }
        return row
    }

    private static func isSuccess(_ row: ProviderObject) -> Bool {
        isSuccess(row.note("pay_status") ?? "", code: row.code("status_code"))
    }

    /// The one outcome that is documented; both words have to say it.
    static func isSuccess(_ status: String, code: String?) -> Bool {
        UTF8Text(status) == "Successful" && code.map { UTF8Text($0) } == "2"
    }

    /// Whatever is not success stays open until the checkout's time is over: no word for failure is documented, and a declined customer
    /// may try once more on the same page.
    static func report(
        _ row: ProviderObject, of payment: Payment, gateway: GatewayName, isLive: Bool, at now: Date,
        source: ReportSource
    ) throws(MalformedEvent) -> Report {
        let status: ReportStatus = isSuccess(row) ? .captured : .pending
        let words = [row.note("pay_status"), row.code("status_code")].compactMap { $0 }.joined(separator: " ")
        return Report(
            gateway: gateway, paymentID: nil, sessionReference: try row.word(number),
            reference: status == .captured ? try row.word("pg_txnid") : nil,
            status: status.ended(with: payment, at: now), amount: try amount(of: row),
            merchantAccount: merchantAccount(try row.word("store_id"), isLive: isLive), source: source,
            statement: UTF8Text(words).excerpt(100))
    }

    /// In the currency of the order: of an order in dollars, `amount` is what it is worth in BDT. (UNCONFIRMED: the fields after
    /// `amount_currency`; without them it is an amount of BDT.)
    private static func amount(of row: ProviderObject) throws(MalformedEvent) -> Money? {
        guard let code = row.note("currency_merchant"), UTF8Text(code) != "BDT" else {
            return try row.optionalDecimal("amount", in: .bdt)
        }
        guard UTF8Text(code) == "USD" else {
            throw MalformedEvent("transaction.currency_merchant is neither BDT nor USD")
        }
        return try row.optionalDecimal("amount_currency", in: .usd)
    }
}
