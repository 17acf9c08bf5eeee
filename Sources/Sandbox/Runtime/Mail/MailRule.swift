/// What happens to mail for certain recipients.
struct MailRule: Sendable, Codable {
    enum Action: String, Sendable, Codable, CaseIterable {
        case refuse
        /// 451: try again later.
        case postpone = "defer"
        case slow
        /// Cut the connection.
        case drop
        /// Accept the mail, and send a notification that it could not be delivered.
        case bounce
    }

    /// When it happens.
    enum Moment: String, Sendable, Codable, CaseIterable {
        case rcpt
        /// At the end of the data, before the mail is kept.
        case data
        /// After the mail is kept: the sender will send it again.
        case stored
    }

    /// `*` stands for any text; upper and lower case are the same.
    let recipient: String
    let action: Action
    let moment: Moment
    let delayMilliseconds: Double
    /// How often it still applies; nil for always.
    var remaining: Int?

    func matches(_ address: String) -> Bool {
        let parts = recipient.lowercased().split(separator: "*", omittingEmptySubsequences: false)
        var rest = address.lowercased()[...]
        guard let first = parts.first, rest.hasPrefix(first) else { return false }
        rest = rest.dropFirst(first.count)
        guard parts.count > 1 else { return rest.isEmpty }
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }

    var reply: SMTPReply? {
        switch action {
        case .refuse: .refused
        case .postpone: .deferred
        case .drop: .cut
        case .slow, .bounce: nil
        }
    }
}

extension MailRule {
    /// `{"recipient":"*@slow.example","action":"refuse|defer|slow|drop|bounce","at":"rcpt|data|stored","delay_ms":500,"times":2}`
    init(_ json: JSON) throws(ControlError) {
        guard let recipient = json["recipient"]?.stringValue, !recipient.isEmpty else {
            throw .invalid("recipient", "an address in which * stands for any text")
        }
        guard let action = Action(rawValue: json["action"]?.stringValue ?? "") else {
            throw .invalid("action", "one of \(Action.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let word = json["at"]?.stringValue ?? Self.usualMoment(of: action).rawValue
        guard let moment = Moment(rawValue: word) else {
            throw .invalid("at", "one of \(Moment.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard action != .slow || moment != .rcpt else {
            throw .invalid("at", "data or stored where the action is slow")
        }
        guard action != .bounce || moment == .stored else {
            throw .invalid("at", "stored where the action is bounce")
        }
        let delay = json["delay_ms"]?.doubleValue ?? (action == .slow ? 1000 : 0)
        guard (0...600_000).contains(delay) else { throw .invalid("delay_ms", "milliseconds up to 600000") }
        let times = json["times"]?.intValue
        guard times ?? 1 > 0 else { throw .invalid("times", "an integer from 1") }
        self.init(
            recipient: recipient, action: action, moment: moment, delayMilliseconds: delay, remaining: times)
    }

    private static func usualMoment(of action: Action) -> Moment {
        switch action {
        case .slow: .data
        case .bounce: .stored
        case .refuse, .postpone, .drop: .rcpt
        }
    }

    var json: JSON {
        [
            "recipient": .string(recipient), "action": .string(action.rawValue), "at": .string(moment.rawValue),
            "delay_ms": .number(delayMilliseconds), "times": .integer(remaining),
        ]
    }
}
