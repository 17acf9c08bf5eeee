/// SSLCommerz's JSON.
struct SSLCommerzRendering {
    let store: String
    let amounts: SSLCommerzState.Settings.Amounts

    static func session(_ session: SSLCommerzSession, origin: String) -> JSON {
        let page = "\(origin)/sslcommerz/EasyCheckOut/\(session.token)"
        let gateways: JSON = [
            "visa": "city_visa,ebl_visa,visacard", "master": "city_master,ebl_master,mastercard",
            "amex": "city_amex,amexcard", "othercards": "qcash,fastcash",
            "internetbanking": "city,bankasia,ibbl,mtbl", "mobilebanking": "dbblmobilebanking,bkash,abbank,ibbl",
        ]
        let description: JSON = [
            "name": "VISA", "type": "visa", "logo": .string("\(page)/visa.png"), "gw": "city_visa", "r_flag": "1",
            "redirectGatewayURL": .string(page),
        ]
        return [
            "status": "SUCCESS", "failedreason": "", "sessionkey": .string(session.id), "gw": gateways,
            "redirectGatewayURL": .string(page), "directPaymentURLBank": "", "directPaymentURLCard": "",
            "directPaymentURL": "", "redirectGatewayURLFailed": "", "GatewayPageURL": .string(page),
            "storeBanner": "", "storeLogo": "", "store_name": "Haat", "desc": [description],
            "is_direct_pay_enable": "0",
        ]
    }

    static func refusal(_ reason: String) -> JSON {
        [
            "status": "FAILED", "failedreason": .string(reason), "sessionkey": "", "gw": [:],
            "redirectGatewayURL": "", "redirectGatewayURLFailed": "", "GatewayPageURL": "", "storeBanner": "",
            "storeLogo": "", "desc": [], "is_direct_pay_enable": "0",
        ]
    }

    /// What the validation and the queries say of an attempt.
    func transaction(_ attempt: SSLCommerzAttempt) -> JSONObject {
        let method = attempt.method
        let isPaid = attempt.status.isPaid
        var object = JSONObject()
        object["status"] = .string(attempt.status.rawValue)
        object["tran_date"] = .string(CivilTime(unix: attempt.created, offset: CivilTime.bangladesh).stamp)
        object["tran_id"] = .string(attempt.transaction)
        object["val_id"] = .string(attempt.validation ?? "")
        object["amount"] = amount(attempt.amount)
        object["store_amount"] = isPaid ? amount(attempt.storeAmount) : ""
        object["currency"] = "BDT"
        object["bank_tran_id"] = .string(attempt.bankTransaction)
        object["card_type"] = .string(method.cardType)
        object["card_no"] = .string(method.number)
        object["card_issuer"] = .string(method.issuer)
        object["card_brand"] = .string(method.brand)
        object["card_issuer_country"] = "Bangladesh"
        object["card_issuer_country_code"] = "BD"
        object["currency_type"] = .string(attempt.currencyType)
        object["currency_amount"] = amount(attempt.currencyAmount)
        object["currency_rate"] = .string(SSLCommerzFields.rate(attempt.rate))
        object["base_fair"] = "0.00"
        for name in ["value_a", "value_b", "value_c", "value_d"] {
            object[name] = .string(attempt.values[name] ?? "")
        }
        object["emi_instalment"] = "0"
        object["emi_amount"] = "0.00"
        object["emi_description"] = ""
        object["emi_issuer"] = .string(method.issuer)
        object["account_details"] = ""
        object["risk_title"] = attempt.isRisky ? "Risky" : "Safe"
        object["risk_level"] = attempt.isRisky ? "1" : "0"
        return object
    }

    func validation(_ attempt: SSLCommerzAttempt, now: Int) -> JSON {
        var object = transaction(attempt)
        object["APIConnect"] = "DONE"
        object["validated_on"] = .string(CivilTime(unix: now, offset: CivilTime.bangladesh).stamp)
        object["gw_version"] = ""
        return .object(object)
    }

    func element(_ attempt: SSLCommerzAttempt) -> JSON {
        var object = transaction(attempt)
        object["bank_gw"] = .string(attempt.method.brand)
        object["error"] = .string(attempt.error)
        return .object(object)
    }

    private func amount(_ hundredths: Int) -> JSON {
        amounts == .string ? .string(DecimalAmount.text(hundredths)) : DecimalAmount.number(hundredths)
    }

    static func started(_ refund: SSLCommerzRefund, status: String = "success") -> JSON {
        [
            "APIConnect": "DONE", "bank_tran_id": .string(refund.bankTransaction),
            "trans_id": .string(refund.transaction), "refund_ref_id": .string(refund.id), "status": .string(status),
            "errorReason": "",
        ]
    }

    static func refusedRefund(_ query: FormBody, _ reason: String) -> JSON {
        [
            "APIConnect": "DONE", "bank_tran_id": .string(query["bank_tran_id"] ?? ""), "trans_id": "",
            "refund_ref_id": "", "status": "failed", "errorReason": .string(reason),
        ]
    }

    static func state(_ refund: SSLCommerzRefund) -> JSON {
        [
            "APIConnect": "DONE", "bank_tran_id": .string(refund.bankTransaction),
            "tran_id": .string(refund.transaction), "refund_ref_id": .string(refund.id),
            "initiated_on": .string(CivilTime(unix: refund.created, offset: CivilTime.bangladesh).stamp),
            "refunded_on": .string(
                refund.refundedAt.map { CivilTime(unix: $0, offset: CivilTime.bangladesh).stamp } ?? ""),
            "status": .string(refund.status.rawValue), "errorReason": "",
        ]
    }
}
