extension BKashState {
    private static let lifetime = 86_400

    mutating func create(_ body: JSON, now: Int) throws(BKashError) -> BKashPayment {
        for name in ["mode", "payerReference", "callbackURL", "amount", "currency", "intent", "merchantInvoiceNumber"]
        where body[name] == nil || body[name] == "" {
            throw BKashError("2065")
        }
        guard body["mode"] == "0011" else { throw BKashError("2003") }
        guard let payer = body["payerReference"]?.stringValue, payer.count <= 255, Self.isPlain(payer) else {
            throw BKashError("2048")
        }
        guard let callback = body["callbackURL"]?.stringValue, callback.hasPrefix("http") else {
            throw BKashError("2049")
        }
        // Published clients send a text or a number; it is echoed as a text.
        guard let amount = DecimalAmount.parse(body["amount"]), amount > 0 else { throw BKashError("2006") }
        let text = body["amount"]?.stringValue ?? DecimalAmount.shortText(amount)
        guard body["currency"] == "BDT" else { throw BKashError("2007") }
        guard let intent = body["intent"]?.stringValue, intent == "sale" || intent == "authorization" else {
            throw BKashError("2008")
        }
        guard let invoice = body["merchantInvoiceNumber"]?.stringValue, invoice.count <= 255, Self.isPlain(invoice)
        else { throw BKashError("2031") }
        guard !isDuplicate(invoice) else { throw BKashError("2029") }
        let payment = BKashPayment(
            id: random.identifier("TR0011", length: 5) + String(now * 1000 + payments.count % 1000), created: now,
            invoice: invoice, payer: payer, amount: amount, amountText: text, intent: intent, callbackURL: callback)
        payments.append(payment)
        return payment
    }

    private static func isPlain(_ text: String) -> Bool { !text.contains { "<>&".contains($0) } }

    /// An invoice that is paid can't be created again (UNCONFIRMED: that unpaid ones can).
    private func isDuplicate(_ invoice: String) -> Bool {
        paidByInvoice.last(under: invoice) != nil
    }

    func find(_ body: JSON, now: Int) throws(BKashError) -> BKashPayment {
        guard let id = body["paymentID"]?.stringValue else { throw BKashError("2065") }
        guard let payment = payments[id] else { throw BKashError("2002") }
        return payment
    }

    /// The customer's answer at the page. It moves no money.
    mutating func answer(_ id: String, _ answer: BKashPayment.Answer, customer: String, now: Int) -> BKashPayment? {
        guard let payment = payments[id], payment.status == .initiated, payment.answer == nil,
            now < payment.created + Self.lifetime
        else { return nil }
        let isRefused = outcomes.take("page") == "failure"
        return payments.update(id) {
            $0.answer = isRefused && answer == .success ? .failure : answer
            $0.customer = customer
        }
    }

    /// Moves the money, once, within 24 hours of the creation.
    mutating func execute(_ body: JSON, now: Int) throws(BKashError) -> BKashPayment {
        let payment = try find(body, now: now)
        guard payment.status == .initiated else { throw BKashError("2062") }
        guard now < payment.created + Self.lifetime else { throw BKashError("2056") }
        guard let answer = payment.answer else { throw BKashError("2054") }
        guard answer == .success else { throw BKashError("2056") }
        if let code = outcomes.take("execute"), code != "hang" { throw BKashError(code) }
        let transaction = Self.transactionID(&random)
        payments.update(payment.id) {
            $0.status = payment.intent == "sale" ? .completed : .authorized
            $0.transaction = transaction
            $0.executed = now
        }
        paidByInvoice.add(payment.id, under: payment.invoice)
        paidByTransaction.add(payment.id, under: transaction)
        let executed = try find(body, now: now)
        if executed.status == .completed { notify(Self.message(executed, now: now), now: now) }
        return executed
    }

    mutating func confirm(_ body: JSON, captures: Bool, now: Int) throws(BKashError) -> BKashPayment {
        let payment = try find(body, now: now)
        guard payment.status == .authorized else { throw BKashError("2056") }
        payments.update(payment.id) { $0.status = captures ? .completed : .voided }
        let confirmed = try find(body, now: now)
        if captures { notify(Self.message(confirmed, now: now), now: now) }
        return confirmed
    }

    mutating func query(_ body: JSON, now: Int) throws(BKashError) -> BKashPayment {
        let payment = try find(body, now: now)
        if payment.status == .completed { payments.update(payment.id) { $0.needlessQueries += 1 } }
        return payment
    }

    func search(_ body: JSON) throws(BKashError) -> BKashPayment {
        guard let id = body["trxID"]?.stringValue else { throw BKashError("2065") }
        guard let payment = paidByTransaction.last(under: id).flatMap({ payments[$0] }) else {
            throw BKashError("2033")
        }
        return payment
    }

    static func transactionID(_ random: inout SeededRandom) -> String {
        random.identifier("", length: 10).uppercased()
    }

    /// Money that came by other ways than the API: a QR code, the app, USSD. The invoice means nothing to the merchant.
    mutating func receiveOutside(amount: Int, invoice: String, type: String, now: Int) -> String {
        let transaction = Self.transactionID(&random)
        notify(
            Self.message(
                amount: DecimalAmount.shortText(amount), customer: "01770618575", transaction: transaction, type: type,
                invoice: invoice, reference: "", now: now), now: now)
        return transaction
    }

    private static func message(_ payment: BKashPayment, now: Int) -> JSON {
        message(
            amount: payment.amountText, customer: payment.customer ?? payment.payer,
            transaction: payment.transaction ?? "", type: "10002294", invoice: payment.invoice,
            reference: payment.payer, now: now)
    }

    /// What a notification says of a payment; its time is Dhaka's (UNCONFIRMED).
    private static func message(
        amount: String, customer: String, transaction: String, type: String, invoice: String, reference: String,
        now: Int
    ) -> JSON {
        [
            "dateTime": .string(CivilTime(unix: now, offset: CivilTime.bangladesh).digits),
            "debitMSISDN": .string("88" + customer), "creditOrganizationName": "Haat",
            "creditShortCode": "01929918***", "trxID": .string(transaction), "transactionStatus": "Completed",
            "transactionType": .string(type), "amount": .string(amount), "currency": "BDT",
            "transactionReference": .string(reference), "merchantInvoiceNumber": .string(invoice),
        ]
    }
}

extension BKashState {
    /// The first refund API gives back once and within 15 days; the second one up to ten times.
    enum RefundVersion: Sendable { case first, second }

    mutating func refund(
        payment id: String, transaction: String, amount text: JSON?, sku: String, reason: String,
        _ version: RefundVersion, now: Int
    ) throws(BKashError) -> BKashRefund {
        guard let payment = payments[id], payment.transaction == transaction else { throw BKashError("2033") }
        guard payment.status == .completed else { throw BKashError("2127") }
        guard let amount = DecimalAmount.parse(text), amount > 0 else { throw BKashError("2006") }
        let earlier = refunds(of: transaction)
        let isOld = now - (payment.executed ?? now) > 15 * 86_400
        guard version == .second || (earlier.isEmpty && !isOld) else { throw BKashError("2034") }
        guard earlier.count < 10 else { throw BKashError("2034") }
        guard amount <= payment.amount - earlier.reduce(0, { $0 + $1.amount }) else { throw BKashError("2026") }
        if let code = outcomes.take("refund"), code != "hang" { throw BKashError(code) }
        let refund = BKashRefund(
            id: Self.transactionID(&random), created: now, transaction: transaction, amount: amount, sku: sku,
            reason: reason)
        refunds.append(refund)
        return refund
    }

    func refunds(of transaction: String) -> [BKashRefund] { refunds.filter { $0.transaction == transaction } }
}
