import Synchronization

/// One kept mail.
struct Mail: Sendable {
    let number: Int
    let sender: String
    let recipients: [String]
    let content: [UInt8]
    /// Seconds since 1970.
    let receivedAt: Double
}

/// The latest mails, found by recipient.
final class Mailbox: Sendable {
    struct Totals: Sendable {
        var received = 0
        var refused = 0
        var postponed = 0
        var dropped = 0
        var bounced = 0
    }

    private struct State {
        var mails: [Mail] = []
        /// How many of `mails` have been given up; they are removed in bulk.
        var forgotten = 0
        var byRecipient: [String: [Int]] = [:]
        var lastNumber = 0
        var totals = Totals()

        var kept: ArraySlice<Mail> { mails[forgotten...] }
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    var totals: Totals { state.withLock(\.totals) }
    var count: Int { state.withLock { $0.mails.count - $0.forgotten } }

    func keep(_ envelope: SMTPEnvelope, at time: Double) {
        state.withLock { state in
            state.lastNumber += 1
            state.totals.received += 1
            let mail = Mail(
                number: state.lastNumber, sender: envelope.sender, recipients: envelope.recipients,
                content: envelope.content, receivedAt: time)
            state.mails.append(mail)
            for recipient in Set(mail.recipients.map { $0.lowercased() }) {
                state.byRecipient[recipient, default: []].append(mail.number)
            }
            if state.mails.count - state.forgotten > limit { Self.forgetOldest(&state) }
        }
    }

    private static func forgetOldest(_ state: inout State) {
        let mail = state.mails[state.forgotten]
        for recipient in Set(mail.recipients.map { $0.lowercased() }) {
            state.byRecipient[recipient]?.removeAll { $0 == mail.number }
            if state.byRecipient[recipient]?.isEmpty == true { state.byRecipient[recipient] = nil }
        }
        state.forgotten += 1
        if state.forgotten > 1024, state.forgotten * 2 > state.mails.count {
            state.mails.removeFirst(state.forgotten)
            state.forgotten = 0
        }
    }

    func note(_ change: @Sendable (inout Totals) -> Void) {
        state.withLock { change(&$0.totals) }
    }

    subscript(number: Int) -> Mail? {
        state.withLock { Self.mail(number, in: $0) }
    }

    /// Newest first. `recipient` is an address, or a part of one; only mails numbered above `after` count.
    func search(recipient: String?, after: Int = 0, limit: Int) -> [Mail] {
        state.withLock { state in
            guard let recipient = recipient?.lowercased(), !recipient.isEmpty else {
                return Array(state.kept.reversed().prefix { $0.number > after }.prefix(limit))
            }
            if let numbers = state.byRecipient[recipient] {
                let found = numbers.reversed().prefix { $0 > after }.compactMap { Self.mail($0, in: state) }
                return Array(found.prefix(limit))
            }
            return Array(
                state.kept.reversed().lazy.filter {
                    $0.number > after && $0.recipients.contains { $0.lowercased().contains(recipient) }
                }.prefix(limit))
        }
    }

    /// Numbers are given in order, so a mail's place follows from its number.
    private static func mail(_ number: Int, in state: State) -> Mail? {
        guard let first = state.kept.first else { return nil }
        let position = state.forgotten + number - first.number
        return state.kept.indices.contains(position) ? state.mails[position] : nil
    }

    /// Unless a number is given, numbers go on, so that nobody takes a new mail for an old one.
    func clear(countingFrom first: Int? = nil) {
        state.withLock { $0 = State(lastNumber: first.map { $0 - 1 } ?? $0.lastNumber) }
    }
}
