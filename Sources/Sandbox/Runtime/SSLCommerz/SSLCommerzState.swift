/// Everything SSLCommerz knows, and the rules by which it changes.
struct SSLCommerzState: OutcomeState {
    enum Action: Codable, Sendable {
        case expire(session: String)
        case settle(attempt: String)
        case notify(attempt: String)
        case finishRefund(String)
    }

    struct Settings: Codable, Sendable {
        enum IPN: String, Codable, Sendable, CaseIterable { case before, after, none }
        enum Amounts: String, Codable, Sendable, CaseIterable { case string, number }
        enum Repeated: String, Codable, Sendable, CaseIterable { case reject, replay }

        var merchant = "Haat"
        /// Whether notifications come before the browser returns, `ipnDelay` seconds after, or not at all.
        var ipn = IPN.before
        var ipnDelay = 5
        /// How amounts in JSON are written: both were seen.
        var amounts = Amounts.string
        /// Whether refunds must name a `refund_trans_id`, as since February 2025.
        var requiresRefundReference = true
        /// What a repeated `refund_trans_id` gets (UNCONFIRMED).
        var repeatedRefund = Repeated.reject
        /// Seconds until a pending payment turns out to be paid.
        var settleAfter = 3600
        var refundAfter = 86_400
        /// Seconds until an unpaid session ends (UNCONFIRMED).
        var sessionLifetime = 1800
        /// Ten-thousandths of BDT.
        var rates = ["BDT": 10_000, "USD": 1_215_000, "EUR": 1_402_500, "GBP": 1_630_000, "INR": 14_200]
    }

    var random: SeededRandom
    var sessions = ObjectStore<SSLCommerzSession>()
    var attempts = ObjectStore<SSLCommerzAttempt>()
    var refunds = ObjectStore<SSLCommerzRefund>()
    var notices = ObjectStore<SSLCommerzNotice>()
    var sessionsByToken = ObjectIndex()
    var attemptsByTransaction = ObjectIndex()
    var attemptsByBankTransaction = ObjectIndex()
    private var attemptsByValidation = ObjectIndex()
    var outcomes = OrderedOutcomes()
    var settings = Settings()
    let store: String
    let password: String
    private var timetable = Timetable<Action>()
    private var outbox: [SSLCommerzNotice] = []

    init(seed: UInt64, store: String, password: String) {
        random = SeededRandom(seed: seed)
        self.store = store
        self.password = password
    }

    mutating func takeOutbox() -> [SSLCommerzNotice] {
        defer { outbox = [] }
        return outbox
    }

    func event(_ id: String) -> SSLCommerzNotice? { notices[id] }

    mutating func timePassed(now: Int) {
        while let timer = timetable.next(now: now) {
            switch timer.action {
            case .expire(let session): expire(session, now: timer.due)
            case .settle(let attempt): settle(attempt, as: .valid, now: timer.due)
            case .notify(let attempt): notify(attempt, now: timer.due)
            case .finishRefund(let refund): finish(refund: refund, now: timer.due)
            }
        }
    }

    mutating func schedule(_ action: Action, at due: Int) { timetable.add(action, at: due) }

    /// Sends a notification, now or later, as the settings say.
    mutating func announce(_ attempt: String, now: Int) {
        switch settings.ipn {
        case .before: notify(attempt, now: now)
        case .after: schedule(.notify(attempt: attempt), at: now + settings.ipnDelay)
        case .none: break
        }
    }

    mutating func notify(_ id: String, now: Int) {
        guard let attempt = attempts[id], let session = sessions[attempt.session], !session.ipnURL.isEmpty else {
            return
        }
        let fields = SSLCommerzFields.signed(SSLCommerzFields.of(attempt, store: store), password: password)
        let notice = SSLCommerzNotice(
            id: "ipn_\(notices.count + 1)", created: now, status: attempt.status.rawValue, url: session.ipnURL,
            body: Array(FormWriter.encode(fields).utf8), ordinal: UInt64(notices.count + 1))
        notices.append(notice)
        outbox.append(notice)
    }
}

extension SSLCommerzState {
    /// What comes of an attempt.
    enum Outcome: String, CaseIterable, Sendable { case success, risky, failed, cancelled, pending }

    /// One attempt of the customer's.
    mutating func pay(
        session id: String, outcome: Outcome, method: SSLCommerzMethod, error: String = "", now: Int
    ) -> SSLCommerzAttempt? {
        guard let session = sessions[id] else { return nil }
        let outcome = outcomes.take("payment").flatMap(Outcome.init) ?? outcome
        let status: SSLCommerzAttempt.Status =
            switch outcome {
            case .success, .risky: .valid
            case .failed: .failed
            case .cancelled: .cancelled
            case .pending: .pending
            }
        let attempt = add(
            to: session, status, method: method, isRisky: outcome == .risky,
            error: status == .failed ? (error.isEmpty ? "Declined by the issuer" : error) : "", now: now)
        if status == .valid || status == .pending { sessions.update(id) { $0.isClosed = true } }
        if status == .pending {
            schedule(.settle(attempt: attempt.id), at: now + settings.settleAfter)
        } else {
            announce(attempt.id, now: now)
        }
        return attempt
    }

    private mutating func add(
        to session: SSLCommerzSession, _ status: SSLCommerzAttempt.Status, method: SSLCommerzMethod,
        isRisky: Bool = false, error: String = "", now: Int
    ) -> SSLCommerzAttempt {
        let rate = settings.rates[session.currency] ?? 10_000
        let stamp = CivilTime(unix: now, offset: CivilTime.bangladesh).digits.dropFirst(2)
        let attempt = SSLCommerzAttempt(
            id: "try_\(attempts.count + 1)", created: now, session: session.id, transaction: session.transaction,
            status: status, validation: status == .valid ? random.identifier(String(stamp), length: 16) : nil,
            bankTransaction: random.identifier(String(stamp), length: 15), method: method,
            amount: Self.convert(session.amount, rate: rate), currencyAmount: session.amount,
            currencyType: session.currency, rate: rate, isRisky: isRisky, error: error, values: session.values)
        attempts.append(attempt)
        attemptsByTransaction.add(attempt.id, under: attempt.transaction)
        attemptsByBankTransaction.add(attempt.id, under: attempt.bankTransaction)
        if let validation = attempt.validation { attemptsByValidation.add(attempt.id, under: validation) }
        return attempt
    }

    /// BDT for an amount, rounded to a hundredth.
    private static func convert(_ amount: Int, rate: Int) -> Int { (amount * rate + 5000) / 10_000 }

    /// A pending payment is decided.
    mutating func settle(_ id: String, as status: SSLCommerzAttempt.Status, now: Int) {
        guard attempts[id]?.status == .pending else { return }
        let stamp = CivilTime(unix: now, offset: CivilTime.bangladesh).digits.dropFirst(2)
        let validation = random.identifier(String(stamp), length: 16)
        attempts.update(id) {
            $0.status = status
            $0.validation = status == .valid ? validation : nil
        }
        if status == .valid { attemptsByValidation.add(id, under: validation) }
        announce(id, now: now)
    }

    /// Nobody paid in time: `UNATTEMPTED` where the page was never seen, `EXPIRED` otherwise (UNCONFIRMED).
    private mutating func expire(_ id: String, now: Int) {
        guard let session = sessions[id], !session.isClosed else { return }
        sessions.update(id) { $0.isClosed = true }
        let attempt = add(to: session, session.isOpened ? .expired : .unattempted, method: .visa, now: now)
        announce(attempt.id, now: now)
    }

    /// The first question answers VALID, all later ones VALIDATED: both are paid.
    mutating func validate(_ validation: String, now: Int) -> SSLCommerzAttempt? {
        guard let found = attemptsByValidation.last(under: validation).flatMap({ attempts[$0] }) else { return nil }
        attempts.update(found.id) {
            $0.status = .validated
            $0.validatedAt = $0.validatedAt ?? now
        }
        return found
    }
}
