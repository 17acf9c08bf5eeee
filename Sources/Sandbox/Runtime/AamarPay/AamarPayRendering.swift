import HTML

/// AamarPay's fields and JSON.
enum AamarPayRendering {
    /// What is posted to the merchant, by the browser and as notification alike. `convertion_rate` is spelt so.
    static func fields(_ payment: AamarPayPayment, store: String) -> [(name: String, value: String)] {
        let title = payment.status.title
        let given = payment.fields
        let isPaid = payment.status == .successful
        let time = CivilTime(unix: payment.paid ?? payment.created, offset: CivilTime.bangladesh).stamp
        let options = ["opt_a", "opt_b", "opt_c", "opt_d"].map { (name: $0, value: given[$0] ?? "") }
        return [
            ("pg_service_charge_bdt", DecimalAmount.text(payment.amountBDT - payment.storeAmount)),
            ("pg_service_charge_usd", "Not-Available"), ("amount_original", DecimalAmount.text(payment.amount)),
            ("gateway_fee", "Not-Available"), ("pg_card_bank_name", "Not-Available"),
            ("pg_card_bank_country", "Not-Available"), ("card_number", "4111XXXXXXXX1111"),
            ("card_holder", given["cus_name"] ?? ""), ("status_code", title.code), ("pay_status", title.pay),
            ("cus_name", given["cus_name"] ?? ""), ("cus_email", given["cus_email"] ?? ""),
            ("cus_phone", given["cus_phone"] ?? ""), ("desc", given["desc"] ?? ""),
            ("success_url", payment.successURL), ("fail_url", payment.failURL),
            ("currency_merchant", payment.currency), ("convertion_rate", rate(payment)), ("ip_address", "127.0.0.1"),
            ("other_currency", DecimalAmount.text(payment.amount)), ("pg_txnid", payment.gatewayID),
            ("epw_txnid", payment.gatewayID), ("mer_txnid", payment.id), ("store_id", store), ("merchant_id", store),
            ("currency", "BDT"), ("store_amount", isPaid ? DecimalAmount.text(payment.storeAmount) : "0.00"),
            ("pay_time", time), ("amount", DecimalAmount.text(payment.amountBDT)),
            ("bank_txn", isPaid ? "BTX\(payment.gatewayID.suffix(10))" : ""), ("card_type", payment.method),
            ("reason", isPaid ? "Not-Available" : "Declined"), ("pg_card_risklevel", "0"),
            ("pg_error_code_details", isPaid ? "Not-Available" : "Declined"),
        ] + options
    }

    private static func rate(_ payment: AamarPayPayment) -> String {
        payment.currency == "BDT" ? "Not-Available" : DecimalAmount.text(payment.rate)
    }

    /// The answer to a search. The members after `amount_currency` are UNCONFIRMED.
    static func json(_ payment: AamarPayPayment, store: String) -> JSON {
        let title = payment.status.title
        let given = payment.fields
        let isPaid = payment.status == .successful
        let created = CivilTime(unix: payment.created, offset: CivilTime.bangladesh).stamp
        let processed = payment.paid.map { CivilTime(unix: $0, offset: CivilTime.bangladesh).stamp } ?? ""
        let names = [
            "cus_name", "cus_email", "cus_phone", "cus_add1", "cus_add2", "cus_city", "cus_state", "cus_postcode",
            "cus_country", "desc",
        ]
        var pairs: [(String, String)] = [
            ("pg_txnid", payment.gatewayID), ("mer_txnid", payment.id), ("risk_title", "Safe"), ("risk_level", "0"),
        ]
        pairs += names.map { ($0, given[$0] ?? "") }
        pairs += [
            ("merchant_id", store), ("store_id", store), ("amount", DecimalAmount.text(payment.amountBDT)),
            ("amount_bdt", DecimalAmount.text(payment.amountBDT)), ("pay_status", title.pay),
            ("status_code", title.code), ("status_title", title.title), ("cardnumber", "4111XXXXXXXX1111"),
            ("approval_code", isPaid ? "A\(payment.gatewayID.suffix(6))" : ""), ("payment_processor", "Dutch Bangla"),
            ("bank_trxid", isPaid ? "BTX\(payment.gatewayID.suffix(10))" : ""), ("payment_type", payment.method),
            ("error_code", isPaid ? "0000" : "Not-Available"), ("error_title", isPaid ? "Success" : "Not-Available"),
            ("bin_country", "Bangladesh"), ("bin_issuer", "Dutch Bangla"), ("bin_cardtype", "VISA"),
            ("bin_cardcategory", "CLASSIC"), ("date", created), ("date_processed", processed),
            ("amount_currency", DecimalAmount.text(payment.amount)),
            ("rec_amount", DecimalAmount.text(isPaid ? payment.storeAmount : 0)), ("processing_ratio", "2.50"),
            ("processing_charge", DecimalAmount.text(isPaid ? payment.amountBDT - payment.storeAmount : 0)),
            ("ip", "127.0.0.1"), ("currency", "BDT"), ("currency_merchant", payment.currency),
            ("convertion_rate", rate(payment)),
        ]
        pairs += ["opt_a", "opt_b", "opt_c", "opt_d"].map { ($0, given[$0] ?? "") }
        pairs += [
            ("verify_status", "PENDING"), ("call_type", "Post-Method"), ("email_send", "0"), ("doc_recived", "NO"),
            ("checkout_status", "Not-Paid-Yet"),
        ]
        return .object(JSONObject(members: pairs.map { .init(name: $0.0, value: .string($0.1)) }))
    }

    /// `result` is the text `true`.
    static func created(_ payment: AamarPayPayment, origin: String, isRelative: Bool) -> JSON {
        let page =
            isRelative
            ? "paymentprocess.php?track=\(payment.track)" : "\(origin)/aamarpay/paynow.php?track=\(payment.track)"
        return ["result": "true", "payment_url": .string(page)]
    }

    /// Refusals are HTTP 200: a JSON string, an object without `payment_url`, or HTML (UNCONFIRMED which one when).
    static func refusal(_ reason: String, _ shape: AamarPayState.Settings.Refusal) -> Answer {
        switch shape {
        case .string: .compact(.string(reason))
        case .object: .compact(["result": .string(reason)])
        case .html: .html("<html><body><h3>\(reason)</h3></body></html>")
        }
    }

    static func unknown(_ shape: AamarPayState.Settings.Unknown) -> JSON {
        switch shape {
        case .object: [:]
        case .array: []
        case .status: ["status": "Invalid Transaction ID"]
        }
    }
}
