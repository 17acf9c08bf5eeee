/// What a merchant asked to be paid; `id` is the merchant's invoice number.
struct PayStationPayment: Recorded {
    enum Status: String, Codable, Sendable { case processing, success, failed, refund }

    let id: String
    let created: Int
    /// The end of the page's address.
    let token: String
    /// Hundredths of BDT, as asked for.
    let requested: Int
    /// What the customer pays: more where the customer bears the fee.
    let payable: Int
    let callbackURL: String
    /// `reference`, `opt_a` and so on, as they came.
    let fields: [String: String]
    var status = Status.processing
    var transaction: String?
    var isCancelled = false
    static let method = "bKash"
}

/// One notification, as it was at its moment.
struct PayStationNotice: Recorded {
    let id: String
    let created: Int
    let body: [UInt8]
    let ordinal: UInt64
}

/// Everything PayStation knows, and the rules by which it changes.
struct PayStationState: OutcomeState {
    enum Action: Codable, Sendable {
        /// The success that the browser told of already becomes visible.
        case settle(String)
    }

    struct Settings: Codable, Sendable {
        enum Casing: String, Codable, Sendable, CaseIterable { case documented, lower, upper }
        enum Failure: String, Codable, Sendable, CaseIterable { case json, html }

        var merchant = "Haat"
        /// How `trx_status` is written: by default "Success" in the first version and "success" in the second.
        var casing = Casing.documented
        /// Whether PayStation has configured a notification address for the merchant.
        var ipn = true
        /// Seconds for which the status still says processing after the customer has paid.
        var statusLag = 0
        /// How errors of the machinery are written.
        var failure = Failure.html
        /// Whether `payment_url` is relative.
        var relativeURL = false
    }

    var random: SeededRandom
    var payments = ObjectStore<PayStationPayment>()
    var notices = ObjectStore<PayStationNotice>()
    var paymentsByToken = ObjectIndex()
    var paymentsByTransaction = ObjectIndex()
    var outcomes = OrderedOutcomes()
    var settings = Settings()
    private(set) var grants: [String] = []
    private var timetable = Timetable<Action>()
    private var outbox: [PayStationNotice] = []

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func takeOutbox() -> [PayStationNotice] {
        defer { outbox = [] }
        return outbox
    }

    func event(_ id: String) -> PayStationNotice? { notices[id] }

    mutating func timePassed(now: Int) {
        while let timer = timetable.next(now: now) {
            switch timer.action {
            case .settle(let id): settle(id, now: timer.due)
            }
        }
    }

    struct Refusal: Error {
        let code: String
        let message: String
    }

    mutating func grant() -> String {
        let token = random.identifier("", length: 40)
        grants.append(token)
        return token
    }

    private static let required = [
        "invoice_number", "currency", "payment_amount", "cust_name", "cust_phone", "cust_email", "callback_url",
    ]

    mutating func create(_ fields: [String: String], now: Int) throws(Refusal) -> PayStationPayment {
        for name in Self.required where fields[name]?.isEmpty ?? true {
            throw Refusal(code: "1002", message: "\(name) is required.")
        }
        guard fields["currency"] == "BDT" else { throw Refusal(code: "1003", message: "Invalid currency.") }
        guard let amount = fields["payment_amount"].flatMap(DecimalAmount.parse), amount > 0 else {
            throw Refusal(code: "1004", message: "Invalid payment_amount.")
        }
        guard let callback = fields["callback_url"], callback.hasPrefix("http") else {
            throw Refusal(code: "1005", message: "Invalid callback_url.")
        }
        guard let id = fields["invoice_number"], payments[id] == nil else {
            throw Refusal(code: "1008", message: "Duplicate invoice number.")
        }
        let payment = PayStationPayment(
            id: id, created: now, token: random.identifier("", length: 24), requested: amount,
            payable: fields["pay_with_charge"] == "1" ? amount + Self.charge(amount) : amount, callbackURL: callback,
            fields: fields)
        payments.append(payment)
        paymentsByToken.add(payment.id, under: payment.token)
        return payment
    }

    /// 2 % on top (UNCONFIRMED: a contract's real rate; sources disagree on which value of `pay_with_charge` makes the
    /// customer pay, those that tried it say 1).
    private static func charge(_ amount: Int) -> Int { amount / 50 }

    enum Answer: String, Codable, Sendable, CaseIterable {
        case successful = "Successful"
        case failed = "Failed"
        case cancelled = "Canceled"
    }

    /// The customer's answer. The browser is told at once; the status may follow later.
    mutating func answer(_ id: String, _ answer: Answer, now: Int) -> (payment: PayStationPayment, answer: Answer)? {
        guard let payment = payments[id], payment.status == .processing, payment.transaction == nil,
            !payment.isCancelled
        else { return nil }
        let answer = outcomes.take("payment").flatMap(Answer.init) ?? answer
        switch answer {
        case .successful:
            let transaction = random.identifier("", length: 8).uppercased()
            payments.update(id) { $0.transaction = transaction }
            paymentsByTransaction.add(id, under: transaction)
            if settings.statusLag > 0 {
                timetable.add(.settle(id), at: now + settings.statusLag)
            } else {
                settle(id, now: now)
            }
        case .failed: payments.update(id) { $0.status = .failed }
        case .cancelled: payments.update(id) { $0.isCancelled = true }
        }
        return payments[id].map { ($0, answer) }
    }

    private mutating func settle(_ id: String, now: Int) {
        guard let payment = payments.update(id, { $0.status = .success }) else { return }
        if settings.ipn { notify(payment, now: now) }
    }

    /// Successes only, and unsigned.
    mutating func notify(_ payment: PayStationPayment, now: Int) {
        let body = PayStationRendering.notice(payment, casing: settings.casing)
        let notice = PayStationNotice(
            id: "ipn_\(notices.count + 1)", created: now, body: body.compact, ordinal: UInt64(notices.count + 1))
        notices.append(notice)
        outbox.append(notice)
    }
}
