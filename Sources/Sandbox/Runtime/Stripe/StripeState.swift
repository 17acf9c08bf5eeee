/// Everything Stripe knows, and the rules by which it changes. Pure: time and causes come in, events pile up in
/// `outbox`.
struct StripeState: Sendable, Codable {
    /// What happens by itself at an instant of Stripe's time.
    struct Timer: Comparable, Codable, Sendable {
        enum Action: Codable, Sendable {
            case expireSession(String)
            case settle(intent: String)
            case finishRefund(String)
        }

        let due: Int
        let sequence: Int
        let action: Action

        static func < (left: Timer, right: Timer) -> Bool { (left.due, left.sequence) < (right.due, right.sequence) }
        static func == (left: Timer, right: Timer) -> Bool { left.sequence == right.sequence }
    }

    /// What the control plane wants to happen to the next payments or refunds.
    struct ForcedOutcome: Codable, Sendable {
        enum Subject: String, Codable, Sendable { case payment, refund }
        enum Result: Codable, Sendable {
            case decline(CardDecline)
            case delay
            case pending
            case fail
        }

        let subject: Subject
        let result: Result
        var remaining: Int
    }

    struct Settings: Codable, Sendable {
        var merchant = "Haat"
        /// Seconds a delayed payment method takes.
        var settleAfter = 86_400
        /// Seconds before the search finds something new.
        var searchLag = 1
    }

    var random: SeededRandom
    var sessions = ObjectStore<CheckoutSession>()
    var paymentIntents = ObjectStore<PaymentIntent>()
    var charges = ObjectStore<Charge>()
    var refunds = ObjectStore<Refund>()
    var balanceTransactions = ObjectStore<BalanceTransaction>()
    var payouts = ObjectStore<Payout>()
    var events = ObjectStore<StripeEvent>()
    var endpoints: [StripeEndpoint]
    var forced: [ForcedOutcome] = []
    var settings = Settings()
    var timers = MinHeap<Timer>()
    private var timerSequence = 0
    /// Events that are still to be handed to the dispatcher.
    private(set) var outbox: [StripeEvent] = []

    init(seed: UInt64, endpoints: [StripeEndpoint]) {
        random = SeededRandom(seed: seed)
        self.endpoints = endpoints
    }

    mutating func takeOutbox() -> [StripeEvent] {
        guard !outbox.isEmpty else { return [] }
        defer { outbox = [] }
        return outbox
    }

    mutating func emit(
        _ type: String, _ object: StripeObject, previous: JSON? = nil, cause: StripeCause, now: Int
    ) {
        let event = StripeEvent(
            id: random.identifier("evt_3", length: 23), created: now, type: type, object: object, previous: previous,
            cause: cause, ordinal: UInt64(events.count + 1), endpoints: endpoints.count { $0.wants(type) })
        events.append(event)
        outbox.append(event)
    }

    mutating func schedule(_ action: Timer.Action, at due: Int) {
        timerSequence += 1
        timers.insert(Timer(due: due, sequence: timerSequence, action: action))
    }

    /// Does what is due at `now`.
    mutating func timePassed(now: Int) {
        while let timer = timers.first, timer.due <= now {
            _ = timers.removeFirst()
            switch timer.action {
            case .expireSession(let id): expire(session: id, cause: StripeCause(), now: timer.due)
            case .settle(let intent): settle(intent: intent, failing: nil, now: timer.due)
            case .finishRefund(let id): finish(refund: id, now: timer.due)
            }
        }
    }

    mutating func takeForced(_ subject: ForcedOutcome.Subject) -> ForcedOutcome.Result? {
        guard let position = forced.firstIndex(where: { $0.subject == subject }) else { return nil }
        forced[position].remaining -= 1
        let result = forced[position].result
        if forced[position].remaining == 0 { forced.remove(at: position) }
        return result
    }
}
