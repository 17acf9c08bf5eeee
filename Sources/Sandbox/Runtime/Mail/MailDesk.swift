import Synchronization

/// Decides over mails: the rules for recipients, the fault plan, and the mailbox they end in.
final class MailDesk: Sendable {
    struct Verdict: Sendable {
        let reply: SMTPReply
        var delayMilliseconds = 0.0
    }

    let mailbox: Mailbox
    private let desk: ProviderDesk
    private let rules = Mutex<[MailRule]>([])

    init(mailbox: Mailbox, desk: ProviderDesk) {
        self.mailbox = mailbox
        self.desk = desk
    }

    var currentRules: [MailRule] { rules.withLock { $0 } }

    func set(_ new: [MailRule]) {
        rules.withLock { $0 = new }
    }

    /// Nil accepts.
    func judge(recipient: String) -> SMTPReply? {
        guard let rule = take(for: [recipient], at: [.rcpt]), let reply = rule.reply else { return nil }
        count(rule.action)
        note("RCPT", [recipient], reply, .none)
        return reply
    }

    func judge(_ envelope: SMTPEnvelope) -> Verdict {
        let fault = desk.faults.request(method: "DATA", path: "/\(envelope.recipients.joined(separator: ","))")
        let rule = take(for: envelope.recipients, at: [.data, .stored])
        let early = Self.reply(before: fault.kind) ?? (rule?.moment == .data ? rule?.reply : nil)
        if early == nil { keep(envelope, under: rule) }
        if let rule { count(rule.action) }
        let reply = early ?? Self.reply(after: fault.kind) ?? rule?.reply ?? .accepted
        note("DATA", envelope.recipients, reply, fault.kind)
        return Verdict(reply: reply, delayMilliseconds: fault.delayMilliseconds + (rule?.delayMilliseconds ?? 0))
    }

    private func keep(_ envelope: SMTPEnvelope, under rule: MailRule?) {
        let now = desk.clock.now
        mailbox.keep(envelope, at: now)
        guard let rule, rule.action == .bounce else { return }
        let failed = envelope.recipients.filter(rule.matches)
        if let notification = MailBounce.notification(of: envelope, failed: failed, at: now) {
            mailbox.keep(notification, at: now)
        }
    }

    private static func reply(before fault: RequestFault.Kind) -> SMTPReply? {
        switch fault {
        case .refuse: .cut
        case .rateLimit: .busy
        case .errorBefore: .deferred
        case .errorAfter, .loseAnswer, .none: nil
        }
    }

    private static func reply(after fault: RequestFault.Kind) -> SMTPReply? {
        switch fault {
        case .errorAfter: .deferred
        case .loseAnswer: .cut
        default: nil
        }
    }

    private func take(for recipients: [String], at moments: [MailRule.Moment]) -> MailRule? {
        rules.withLock { rules in
            let position = rules.firstIndex { rule in
                moments.contains(rule.moment) && recipients.contains { rule.matches($0) }
            }
            guard let position else { return nil }
            let rule = rules[position]
            if let remaining = rule.remaining {
                if remaining > 1 { rules[position].remaining = remaining - 1 } else { rules.remove(at: position) }
            }
            return rule
        }
    }

    private func count(_ action: MailRule.Action) {
        mailbox.note { totals in
            switch action {
            case .refuse: totals.refused += 1
            case .postpone: totals.postponed += 1
            case .drop: totals.dropped += 1
            case .bounce: totals.bounced += 1
            case .slow: break
            }
        }
    }

    private func note(_ verb: String, _ recipients: [String], _ reply: SMTPReply, _ fault: RequestFault.Kind) {
        let code = reply.text.flatMap { Int($0.prefix(3)) } ?? 0
        desk.requests.note(
            RequestRecord(
                id: "", method: verb, path: recipients.joined(separator: ","), status: code, idempotencyKey: nil,
                fault: fault, at: desk.clock.now))
    }
}
