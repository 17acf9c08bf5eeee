/// bKash's JSON.
enum BKashRendering {
    /// `2019-08-07T11:12:34:978 GMT+0600`, with a colon before the milliseconds.
    static func time(_ unix: Int) -> String {
        let date = CivilTime(unix: unix, offset: CivilTime.bangladesh)
        return "\(date.date)T\(date.time):000 GMT+0600"
    }

    /// Where the browser is led. The query is put behind a question mark whatever the address has already
    /// (UNCONFIRMED).
    static func callback(_ payment: BKashPayment, _ answer: BKashPayment.Answer) -> String {
        "\(payment.callbackURL)?paymentID=\(payment.id)&status=\(answer.rawValue)"
    }

    static func token(_ token: BKashToken) -> JSON {
        [
            "statusCode": "0000", "statusMessage": "Successful", "id_token": .string(token.id),
            "token_type": "Bearer", "expires_in": 3600, "refresh_token": .string(token.refresh),
        ]
    }

    static func created(_ payment: BKashPayment, origin: String) -> JSON {
        let hash = String(payment.id.reversed())
        return [
            "statusCode": "0000", "statusMessage": "Successful", "paymentID": .string(payment.id),
            "bkashURL": .string(
                "\(origin)/bkash/redirect/tokenized/?paymentID=\(payment.id)&hash=\(hash)&mode=0011"
                    + "&apiVersion=v1.2.0-beta"),
            "callbackURL": .string(payment.callbackURL),
            "successCallbackURL": .string(callback(payment, .success)),
            "failureCallbackURL": .string(callback(payment, .failure)),
            "cancelledCallbackURL": .string(callback(payment, .cancel)), "amount": .string(payment.amountText),
            "intent": .string(payment.intent), "currency": "BDT",
            "paymentCreateTime": .string(time(payment.created)),
            "transactionStatus": .string(payment.status.rawValue),
            "merchantInvoiceNumber": .string(payment.invoice),
        ]
    }

    static func executed(_ payment: BKashPayment) -> JSON {
        [
            "statusCode": "0000", "statusMessage": "Successful", "paymentID": .string(payment.id),
            "payerReference": .string(payment.payer), "customerMsisdn": .text(payment.customer),
            "trxID": .text(payment.transaction), "amount": .string(payment.amountText),
            "transactionStatus": .string(payment.status.rawValue),
            "paymentExecuteTime": .optional(payment.executed) { .string(time($0)) }, "currency": "BDT",
            "intent": .string(payment.intent), "merchantInvoiceNumber": .string(payment.invoice),
        ]
    }

    static func queried(_ payment: BKashPayment) -> JSON {
        var object = JSONObject()
        object["statusCode"] = "0000"
        object["statusMessage"] = "Successful"
        object["paymentID"] = .string(payment.id)
        object["mode"] = "0011"
        object["paymentCreateTime"] = .string(time(payment.created))
        if let executed = payment.executed { object["paymentExecuteTime"] = .string(time(executed)) }
        if let transaction = payment.transaction { object["trxID"] = .string(transaction) }
        object["amount"] = .string(payment.amountText)
        object["currency"] = "BDT"
        object["intent"] = .string(payment.intent)
        object["merchantInvoice"] = .string(payment.invoice)
        object["merchantInvoiceNumber"] = .string(payment.invoice)
        object["transactionStatus"] = .string(payment.status.rawValue)
        let verification: JSON = payment.answer == .success ? "Complete" : "Incomplete"
        object["verificationStatus"] = verification
        object["userVerificationStatus"] = verification
        object["payerReference"] = .string(payment.payer)
        if let customer = payment.customer { object["customerMsisdn"] = .string(customer) }
        return .object(object)
    }

    /// `payerAccount` is what a published client can't do without (UNCONFIRMED otherwise).
    static func found(_ payment: BKashPayment, refunded: Int) -> JSON {
        let executed = JSON.optional(payment.executed) { .string(time($0)) }
        return [
            "statusCode": "0000", "statusMessage": "Successful", "trxID": .text(payment.transaction),
            "transactionStatus": .string(payment.status.rawValue),
            "transactionType": "bKash Tokenized Checkout via API",
            "amount": .string(payment.amountText), "currency": "BDT", "customerMsisdn": .text(payment.customer),
            "payerAccount": .text(payment.customer), "organizationShortCode": "01929918", "initiationTime": executed,
            "completedTime": executed,
            "maxRefundableAmount": .string(DecimalAmount.text(payment.amount - refunded)),
        ]
    }

    /// UNCONFIRMED: the set of keys.
    static func refunded(_ refund: BKashRefund) -> JSON {
        [
            "statusCode": "0000", "statusMessage": "Successful", "originalTrxID": .string(refund.transaction),
            "refundTrxID": .string(refund.id), "transactionStatus": "Completed",
            "amount": .string(DecimalAmount.text(refund.amount)), "currency": "BDT", "charge": "0.00",
            "completedTime": .string(time(refund.created)),
        ]
    }

    static func refundedSecond(_ refund: BKashRefund, _ payment: BKashPayment) -> JSON {
        [
            "originalTrxId": .string(refund.transaction), "refundTrxId": .string(refund.id),
            "refundTransactionStatus": "Completed", "originalTrxAmount": .string(DecimalAmount.text(payment.amount)),
            "refundAmount": .string(DecimalAmount.text(refund.amount)), "currency": "BDT",
            "completedTime": .string(time(refund.created)), "sku": .string(refund.sku),
            "reason": .string(refund.reason),
        ]
    }

    static func refunds(_ refunds: [BKashRefund], of payment: BKashPayment) -> JSON {
        [
            "originalTrxId": .text(payment.transaction),
            "originalTrxAmount": .string(DecimalAmount.text(payment.amount)),
            "originalTrxCompletedTime": .optional(payment.executed) { .string(time($0)) },
            "refundTransactions": .array(
                refunds.map {
                    [
                        "refundTrxId": .string($0.id), "refundTransactionStatus": "Completed",
                        "refundAmount": .string(DecimalAmount.text($0.amount)),
                        "completedTime": .string(time($0.created)),
                    ]
                }),
        ]
    }

    static func error(_ error: BKashError, _ shape: BKashState.Settings.ErrorShape) -> JSON {
        var object = JSONObject()
        if shape != .error {
            object["statusCode"] = .string(error.code)
            object["statusMessage"] = .string(error.message)
        }
        if shape != .status {
            object["errorCode"] = .string(error.code)
            object["errorMessage"] = .string(error.message)
        }
        return .object(object)
    }

    /// The second refund API has an envelope of its own; which code stands for what is UNCONFIRMED.
    static func secondError(_ error: BKashError) -> JSON {
        let codes = ["2033": "2071", "2127": "2073", "2006": "2074", "2026": "2075", "2034": "2076"]
        return [
            "internalCode": .string("refund_\(error.code)"), "externalCode": .string(codes[error.code] ?? error.code),
            "errorMessageEn": .string(error.message), "errorMessageBn": .string(error.message),
        ]
    }
}
