/// Everything Razorpay knows, and the rules by which it changes.
struct RazorpayState: ProviderState {
    enum Action: Codable, Sendable {
        case autoRefund(payment: String)
        case authorizeLate(payment: String)
        case finishRefund(String)
        case loseDispute(String)
    }

    /// What the control plane wants to happen to the next payments or refunds.
    struct Forced: Codable, Sendable {
        enum Subject: String, Codable, Sendable { case payment, refund }
        let subject: Subject
        let outcome: String
        var remaining: Int
    }

    struct Settings: Codable, Sendable {
        var merchant = "Haat"
        /// Whether authorised payments are captured at once where the order doesn't say.
        var autoCapture = true
        /// Seconds before an authorised payment that nobody captured is refunded.
        var captureTimeout = 3 * 86_400
        /// Seconds before a payment that failed at first turns out to be authorised, where that is ordered.
        var lateAfter = 3600
        /// Seconds a pending refund takes.
        var refundAfter = 86_400
        /// Whether `payment.authorized` of a payment that is captured at once shows it captured already.
        var authorizedShowsCaptured = false
        /// How failures of the machinery are written.
        var errorShape = RazorpayError.Shape.object
    }

    private(set) var account: String
    var random: SeededRandom
    var orders = ObjectStore<RazorpayOrder>()
    var payments = ObjectStore<RazorpayPayment>()
    var refunds = ObjectStore<RazorpayRefund>()
    var disputes = ObjectStore<RazorpayDispute>()
    var settlements = ObjectStore<RazorpaySettlement>()
    var events = ObjectStore<RazorpayEvent>()
    var webhooks: [RazorpayWebhook]
    var forced: [Forced] = []
    var settings = Settings()
    var timetable = Timetable<Action>()
    var paymentsByOrder = ObjectIndex()
    var refundsByPayment = ObjectIndex()
    var refundsByReceipt = ObjectIndex()
    var idempotency = RazorpayIdempotency()
    private var outbox: [RazorpayEvent] = []

    init(seed: UInt64, webhooks: [RazorpayWebhook]) {
        random = SeededRandom(seed: seed)
        account = random.identifier("acc_", length: 14)
        self.webhooks = webhooks
    }

    mutating func takeOutbox() -> [RazorpayEvent] {
        defer { outbox = [] }
        return outbox
    }

    func event(_ id: String) -> RazorpayEvent? { events[id] }

    mutating func timePassed(now: Int) {
        while let timer = timetable.next(now: now) {
            switch timer.action {
            case .autoRefund(let payment): autoRefund(payment, now: timer.due)
            case .authorizeLate(let payment): authorize(payment, now: timer.due)
            case .finishRefund(let refund): process(refund: refund, now: timer.due)
            case .loseDispute(let dispute): expire(dispute: dispute, now: timer.due)
            }
        }
    }

    /// Tells the webhooks of something; the objects are rendered now, so an event is a snapshot.
    mutating func emit(_ type: String, _ entities: [(name: String, json: JSON)], now: Int) {
        let payload = JSONObject(
            members: entities.map { JSONObject.Member(name: $0.name, value: ["entity": $0.json]) })
        let event = RazorpayEvent(
            id: random.identifier("evt_", length: 14), created: now, type: type, contains: entities.map(\.name),
            payload: .object(payload), ordinal: UInt64(events.count + 1),
            receivers: webhooks.filter { $0.wants(type) }.map { .init(webhook: $0.id, secret: $0.secret) })
        events.append(event)
        outbox.append(event)
    }

    mutating func takeForced(_ subject: Forced.Subject) -> String? {
        guard let position = forced.firstIndex(where: { $0.subject == subject }) else { return nil }
        forced[position].remaining -= 1
        let outcome = forced[position].outcome
        if forced[position].remaining == 0 { forced.remove(at: position) }
        return outcome
    }

    func find(order id: String) throws(RazorpayError) -> RazorpayOrder {
        guard let order = orders[id] else { throw .noSuchID }
        return order
    }

    func find(payment id: String) throws(RazorpayError) -> RazorpayPayment {
        guard let payment = payments[id] else { throw .noSuchID }
        return payment
    }

    func find(refund id: String) throws(RazorpayError) -> RazorpayRefund {
        guard let refund = refunds[id] else { throw .noSuchID }
        return refund
    }

    func find(dispute id: String) throws(RazorpayError) -> RazorpayDispute {
        guard let dispute = disputes[id] else { throw .noSuchID }
        return dispute
    }

    func find(settlement id: String) throws(RazorpayError) -> RazorpaySettlement {
        guard let settlement = settlements[id] else { throw .noSuchID }
        return settlement
    }
}

/// Currencies with other than two decimals (UNCONFIRMED: the lists; the provider's page of currencies has them).
enum RazorpayCurrency {
    private static let zeroDecimal: Set<String> = [
        "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
    ]
    private static let threeDecimal: Set<String> = ["BHD", "IQD", "JOD", "KWD", "OMR", "TND"]

    static func decimals(_ currency: String) -> Int {
        zeroDecimal.contains(currency) ? 0 : threeDecimal.contains(currency) ? 3 : 2
    }

    static func isValid(_ currency: String) -> Bool {
        currency.count == 3 && currency.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    static func display(_ amount: Int, _ currency: String) -> String {
        MoneyText.display(amount, currency, decimals: decimals(currency))
    }
}
