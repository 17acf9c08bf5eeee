/// Everything bKash knows, and the rules by which it changes.
struct BKashState: OutcomeState {
    struct Settings: Codable, Sendable {
        enum ErrorShape: String, Codable, Sendable, CaseIterable { case status, error, both }

        var merchant = "Haat"
        /// How business errors are named: `statusCode`, `errorCode`, or both.
        var errorShape = ErrorShape.status
        /// Grants and refreshes in an hour before the merchant is blocked for one; 0 for no limit.
        var tokenLimit = 2
        /// `1` signs with SHA-1, `2` with SHA-256.
        var signatureVersion = "1"
        var messageAsObject = false
        /// How long an execution that hangs makes its caller wait, in milliseconds.
        var hang = 31_000
    }

    var random: SeededRandom
    var payments = ObjectStore<BKashPayment>()
    var refunds: [BKashRefund] = []
    var paidByInvoice = ObjectIndex()
    var paidByTransaction = ObjectIndex()
    var messages = ObjectStore<BKashMessage>()
    var outcomes = OrderedOutcomes()
    var settings = Settings()
    private(set) var isSubscribed = true
    private var subscriptionToken = ""
    private var tokens: [BKashToken] = []
    private var tokenCalls: [Int] = []
    private(set) var blockedUntil = 0
    private var outbox: [BKashMessage] = []

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func takeOutbox() -> [BKashMessage] {
        defer { outbox = [] }
        return outbox
    }

    func event(_ id: String) -> BKashMessage? { messages[id] }

    /// Nothing happens by itself: tokens and payments are judged by their age when they are used.
    mutating func timePassed(now: Int) {}

    mutating func emit(_ kind: BKashMessage.Kind, text: String, token: String? = nil, now: Int) {
        let message = BKashMessage(
            id: uuid(), created: now, kind: kind, text: text, token: token, version: settings.signatureVersion,
            isObject: kind == .notification && settings.messageAsObject, ordinal: UInt64(messages.count + 1))
        messages.append(message)
        outbox.append(message)
    }

    private mutating func uuid() -> String {
        let digits = Hexadecimal.encode(
            (0..<2).flatMap { _ in
                let bits = random.next()
                return (0..<8).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
            })
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
            String(digits.dropFirst(range.lowerBound).prefix(range.count))
        }
        return parts.joined(separator: "-")
    }
}

extension BKashState {
    enum TokenOutcome: Sendable { case granted(BKashToken), blocked, invalid }

    /// Grants a token, or exchanges a refresh token. More than `tokenLimit` in an hour blocks for an hour.
    mutating func grant(refresh: String? = nil, now: Int) -> TokenOutcome {
        guard now >= blockedUntil else { return .blocked }
        tokenCalls = tokenCalls.filter { $0 > now - 3600 }
        tokenCalls.append(now)
        guard settings.tokenLimit == 0 || tokenCalls.count <= settings.tokenLimit else {
            blockedUntil = now + 3600
            tokenCalls = []
            return .blocked
        }
        if let refresh, !tokens.contains(where: { $0.refresh == refresh && $0.refreshExpires > now }) {
            return .invalid
        }
        let token = BKashToken(
            id: random.identifier("eyJraWQiOi", length: 80), refresh: random.identifier("eyJjdHkiOi", length: 60),
            expires: now + 3600, refreshExpires: now + Self.refreshLifetime)
        tokens.append(token)
        return .granted(token)
    }

    /// 28 days (UNCONFIRMED).
    private static let refreshLifetime = 28 * 86_400

    func accepts(token: String, now: Int) -> Bool {
        tokens.contains { $0.id == token && $0.expires > now }
    }

    mutating func expireTokens(now: Int) {
        for position in tokens.indices { tokens[position].expires = min(tokens[position].expires, now) }
    }

    mutating func unblock() {
        blockedUntil = 0
        tokenCalls = []
    }

    /// Asks the merchant's endpoint to confirm; nothing else is sent until it does.
    mutating func subscribe(topic: String, now: Int) {
        isSubscribed = false
        subscriptionToken = random.identifier("2336412f37", length: 40)
        emit(
            .subscription,
            text: "You have chosen to subscribe to the topic \(topic).\n"
                + "To confirm the subscription, visit the SubscribeURL included in this message.",
            token: subscriptionToken, now: now)
    }

    mutating func confirm(token: String) -> Bool {
        guard !subscriptionToken.isEmpty, token == subscriptionToken else { return false }
        isSubscribed = true
        return true
    }

    mutating func unsubscribe(topic: String, now: Int) {
        guard isSubscribed else { return }
        isSubscribed = false
        subscriptionToken = random.identifier("2336412f37", length: 40)
        emit(
            .unsubscription, text: "You have chosen to deactivate subscription to \(topic).",
            token: subscriptionToken, now: now)
    }

    /// Tells of money that came into the wallet, however it did.
    mutating func notify(_ message: JSON, now: Int) {
        guard isSubscribed else { return }
        emit(.notification, text: String(decoding: message.compact, as: UTF8.self), now: now)
    }
}
