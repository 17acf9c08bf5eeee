extension SSLCommerzState {
    private static let required = [
        "total_amount", "currency", "tran_id", "success_url", "fail_url", "cancel_url", "cus_name", "cus_email",
        "cus_add1", "cus_city", "cus_postcode", "cus_country", "cus_phone", "shipping_method", "product_name",
        "product_category", "product_profile",
    ]
    private static let shippingRequired = [
        "ship_name", "ship_add1", "ship_city", "ship_postcode", "ship_country",
    ]
    private static let profiles = [
        "general", "physical-goods", "non-physical-goods", "airline-tickets", "travel-vertical", "telecom-vertical",
    ]

    /// Why a request for a session is refused; always HTTP 200.
    struct Refusal: Error { let reason: String }

    /// A repeated `tran_id` makes a further session (UNCONFIRMED), which can be paid as well.
    mutating func createSession(
        _ form: FormBody, ipnURL: String, now: Int
    ) throws(Refusal) -> SSLCommerzSession {
        try check(form)
        guard let amount = form["total_amount"].flatMap(DecimalAmount.parse), let currency = form["currency"],
            let transaction = form["tran_id"], let success = form["success_url"], let fail = form["fail_url"],
            let cancel = form["cancel_url"]
        else { throw Refusal(reason: "Invalid Information! 'total_amount' is invalid.") }
        let token = random.identifier("", length: 32)
        var values: [String: String] = [:]
        for name in ["value_a", "value_b", "value_c", "value_d"] { values[name] = form[name] }
        let session = SSLCommerzSession(
            id: Self.sessionKey(&random), created: now, token: token, transaction: transaction, amount: amount,
            currency: currency, successURL: success, failURL: fail, cancelURL: cancel,
            ipnURL: form["ipn_url"] ?? ipnURL, product: form["product_name"] ?? "", values: values)
        sessions.append(session)
        sessionsByToken.add(session.id, under: token)
        schedule(.expire(session: session.id), at: now + settings.sessionLifetime)
        return session
    }

    private static func sessionKey(_ random: inout SeededRandom) -> String {
        let bytes = (0..<4).flatMap { _ in
            let bits = random.next()
            return (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
        }
        return Hexadecimal.encode(bytes).uppercased()
    }

    private func check(_ form: FormBody) throws(Refusal) {
        var names = Self.required
        if form["shipping_method"] == "YES" { names += Self.shippingRequired }
        for name in names where form[name]?.isEmpty ?? true {
            throw Refusal(reason: "Invalid Information! '\(name)' is missing or empty.")
        }
        guard let currency = form["currency"], let rate = settings.rates[currency] else {
            throw Refusal(reason: "Invalid Information! 'currency' is invalid.")
        }
        guard let amount = form["total_amount"].flatMap(DecimalAmount.parse),
            (1000...50_000_000).contains(amount * rate / 10_000)
        else { throw Refusal(reason: "Invalid Information! 'total_amount' must be from 10.00 to 500000.00 BDT.") }
        for (name, limit) in [
            ("tran_id", 30), ("product_name", 255), ("value_a", 255), ("value_b", 255), ("value_c", 255),
            ("value_d", 255),
        ]
        where (form[name]?.count ?? 0) > limit {
            throw Refusal(reason: "Invalid Information! '\(name)' is longer than \(limit).")
        }
        for name in ["success_url", "fail_url", "cancel_url"] where form[name]?.hasPrefix("http") != true {
            throw Refusal(reason: "Invalid Information! '\(name)' is invalid.")
        }
        guard let profile = form["product_profile"], Self.profiles.contains(profile) else {
            throw Refusal(reason: "Invalid Information! 'product_profile' is invalid.")
        }
    }

    /// Starts a refund of a paid attempt, found by its `bank_tran_id`.
    mutating func refund(_ query: FormBody, now: Int) throws(Refusal) -> SSLCommerzRefund {
        let bank = query["bank_tran_id"] ?? ""
        guard let attempt = attemptsByBankTransaction.last(under: bank).flatMap({ attempts[$0] }), attempt.status.isPaid
        else {
            throw Refusal(reason: "Transaction not found")
        }
        let reference = query["refund_trans_id"].flatMap { $0.isEmpty ? nil : $0 }
        guard reference != nil || !settings.requiresRefundReference, (reference?.count ?? 0) <= 30 else {
            throw Refusal(reason: "refund_trans_id is missing or longer than 30")
        }
        if let reference, let first = refunds.elements.first(where: { $0.reference == reference }) {
            guard settings.repeatedRefund == .replay, first.attempt == attempt.id else {
                throw Refusal(reason: "refund_trans_id is used already")
            }
            return first
        }
        guard query["refund_remarks"]?.isEmpty == false, (query["refund_remarks"]?.count ?? 0) <= 255 else {
            throw Refusal(reason: "refund_remarks is missing or too long")
        }
        let refunded = refunds.elements.reduce(0) {
            $1.attempt == attempt.id && $1.status != .cancelled ? $0 + $1.amount : $0
        }
        guard let amount = query["refund_amount"].flatMap(DecimalAmount.parse), amount > 0,
            amount <= attempt.amount - refunded
        else { throw Refusal(reason: "Refund amount is invalid") }
        if outcomes.take("refund") == "failed" {
            throw Refusal(reason: "Your IP address is not allowed to refund")
        }
        let refund = SSLCommerzRefund(
            id: random.identifier("", length: 13), created: now, attempt: attempt.id, bankTransaction: bank,
            transaction: attempt.transaction, reference: reference, amount: amount, status: .processing)
        refunds.append(refund)
        schedule(.finishRefund(refund.id), at: now + settings.refundAfter)
        return refund
    }

    mutating func finish(refund id: String, now: Int) {
        guard refunds[id]?.status == .processing else { return }
        refunds.update(id) {
            $0.status = .refunded
            $0.refundedAt = now
        }
    }
}
