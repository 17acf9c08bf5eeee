import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The SMTP sink under the control plane, and its inbox.
struct MailProvider: Provider {
    let name = "smtp"
    let title = "Mail (SMTP)"
    let pushes = false
    let desk: ProviderDesk
    let mail: MailDesk

    func addRoutes(to router: Router<SandboxContext>) {
        InboxPages(mailbox: mail.mailbox).addRoutes(to: router)
    }

    func reset(seed: UInt64?) {
        mail.set([])
        mail.mailbox.clear(countingFrom: seed == nil ? nil : 1)
    }

    func timePassed() {}

    func control(_ command: ControlCommand) async throws -> JSON? {
        switch command.path {
        case ["rules"]: return try setRules(command.body)
        case ["clear"]:
            mail.mailbox.clear()
            return ["cleared": true]
        default: return nil
        }
    }

    /// `{"rules":[…]}` replaces the rules; a rule by itself is added.
    private func setRules(_ body: JSON) throws(ControlError) -> JSON {
        if let list = body["rules"] {
            guard let elements = list.elements else { throw .invalid("rules", "a list of rules") }
            var rules: [MailRule] = []
            for element in elements { rules.append(try MailRule(element)) }
            mail.set(rules)
        } else {
            mail.set(mail.currentRules + [try MailRule(body)])
        }
        return ["rules": .array(mail.currentRules.map(\.json))]
    }

    func ledger(_ query: FormBody) -> JSON {
        let totals = mail.mailbox.totals
        return [
            "provider": "smtp", "now": .number(desk.clock.now),
            "totals": [
                "received": .int(totals.received), "kept": .int(mail.mailbox.count), "refused": .int(totals.refused),
                "deferred": .int(totals.postponed), "dropped": .int(totals.dropped), "bounced": .int(totals.bounced),
            ],
            "rules": .array(mail.currentRules.map(\.json)),
            "requests": desk.requests.json,
        ]
    }

    func overview() -> ProviderOverview {
        let totals = mail.mailbox.totals
        return ProviderOverview(
            figures: [
                .init(label: "Mails received", value: "\(totals.received)"),
                .init(label: "Mails kept", value: "\(mail.mailbox.count)"),
                .init(label: "Refused", value: "\(totals.refused)"),
                .init(label: "Deferred", value: "\(totals.postponed)"),
                .init(label: "Rules", value: "\(mail.currentRules.count)"),
            ],
            forms: [
                ControlForm(
                    title: "Add a rule", command: "rules",
                    fields: [
                        .init(name: "recipient", label: "Recipient (* for any text)", value: "*@refused.example"),
                        .init(name: "action", label: "refuse, defer, slow, drop or bounce", value: "refuse"),
                        .init(name: "at", label: "At rcpt, data or stored", value: "rcpt"),
                        .init(name: "delay_ms", label: "Milliseconds (slow)", value: "0"),
                    ]),
                ControlForm(title: "Empty the inbox", command: "clear"),
            ])
    }

    func snapshot() throws -> JSON {
        try Snapshot.encode(mail.currentRules)
    }

    /// The rules come back; the mails don't.
    func restore(_ snapshot: JSON) throws {
        mail.set(try Snapshot.decode([MailRule].self, from: snapshot))
    }
}
