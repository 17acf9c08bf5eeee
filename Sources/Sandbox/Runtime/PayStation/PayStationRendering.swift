/// PayStation's JSON. `status_code` is a text, and HTTP is 200 also for refusals.
enum PayStationRendering {
    static func created(_ payment: PayStationPayment, origin: String, isRelative: Bool) -> JSON {
        let page = "/paystation/checkout/\(payment.token)"
        return [
            "status_code": "200", "status": "success", "message": "Payment Link Created Successfully.",
            "payment_amount": .string(DecimalAmount.shortText(payment.requested)),
            "invoice_number": .string(payment.id), "payment_url": .string(isRelative ? page : origin + page),
        ]
    }

    static func refusal(_ refusal: PayStationState.Refusal) -> JSON {
        ["status_code": .string(refusal.code), "status": "failed", "message": .string(refusal.message)]
    }

    /// `payment_amount` is there whether anything was paid or not.
    static func found(_ payment: PayStationPayment, casing: PayStationState.Settings.Casing) -> JSON {
        var data = data(payment)
        data["trx_status"] = .string(
            status(payment.status, casing, documented: payment.status == .success ? "Success" : nil))
        data["request_amount"] = .string(DecimalAmount.shortText(payment.requested))
        data["payment_amount"] = .string(DecimalAmount.shortText(payment.payable))
        return answer(data)
    }

    /// The second version names the amount `trx_amount` and writes the status in lower case.
    static func foundSecond(_ payment: PayStationPayment, casing: PayStationState.Settings.Casing) -> JSON {
        var data = data(payment)
        data["trx_status"] = .string(status(payment.status, casing, documented: nil))
        data["trx_amount"] = .string(DecimalAmount.shortText(payment.payable))
        return answer(data)
    }

    private static func answer(_ data: JSONObject) -> JSON {
        ["status_code": "200", "status": "success", "message": "Transaction found", "data": .object(data)]
    }

    private static func data(_ payment: PayStationPayment) -> JSONObject {
        var data = JSONObject()
        data["invoice_number"] = .string(payment.id)
        data["trx_id"] = .string(payment.status == .processing ? "" : payment.transaction ?? "")
        data["order_date_time"] = .string(CivilTime(unix: payment.created, offset: CivilTime.bangladesh).stamp)
        data["payer_mobile_no"] = .string(payment.fields["cust_phone"] ?? "")
        data["payment_method"] = .string(payment.transaction == nil ? "" : PayStationPayment.method.lowercased())
        for name in ["reference", "checkout_items", "opt_a", "opt_b", "opt_c"] {
            data[name] = .string(payment.fields[name] ?? "")
        }
        return data
    }

    private static func status(
        _ status: PayStationPayment.Status, _ casing: PayStationState.Settings.Casing, documented: String?
    ) -> String {
        switch casing {
        case .documented: documented ?? status.rawValue
        case .lower: status.rawValue
        case .upper: status.rawValue.uppercased()
        }
    }

    /// `trx_amount` is a number here.
    static func notice(_ payment: PayStationPayment, casing: PayStationState.Settings.Casing) -> JSON {
        var object = JSONObject()
        object["invoice_number"] = .string(payment.id)
        object["trx_status"] = .string(status(.success, casing, documented: "Success"))
        object["trx_id"] = .string(payment.transaction ?? "")
        object["trx_amount"] = DecimalAmount.number(payment.payable)
        object["order_date_time"] = .string(CivilTime(unix: payment.created, offset: CivilTime.bangladesh).stamp)
        object["payment_method"] = .string(PayStationPayment.method)
        if let reference = payment.fields["reference"] { object["reference"] = .string(reference) }
        return .object(object)
    }

    /// Where the browser is led; `trx_id` only after success. The query is put behind `?` whatever the address has
    /// already (UNCONFIRMED).
    static func callback(_ payment: PayStationPayment, _ answer: PayStationState.Answer) -> String {
        let transaction = answer == .successful ? "&trx_id=\(payment.transaction ?? "")" : ""
        return
            "\(payment.callbackURL)?status=\(answer.rawValue)&invoice_number=\(FormWriter.escape(payment.id))\(transaction)"
    }
}
