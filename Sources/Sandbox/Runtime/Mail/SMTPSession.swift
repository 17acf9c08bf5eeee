/// One SMTP dialogue (RFC 5321 with SIZE, 8BITMIME, PIPELINING, AUTH). Pure: lines in, actions out.
struct SMTPSession: Sendable {
    enum Action: Sendable, Equatable {
        case reply(String)
        /// The mail is complete; its fate is `finish`'s argument.
        case judge(SMTPEnvelope)
        case close
    }

    private enum Phase: Sendable {
        case command
        case authentication(remaining: Int)
        case data
    }

    static let sizeLimit = 10 << 20
    static let recipientLimit = 1000
    static let commandLimit = 4096

    private var phase = Phase.command
    private var greeted = false
    private var sender: String?
    private var recipients: [String] = []
    private var body: [UInt8] = []
    private var oversized = false
    private let hostname: String

    init(hostname: String) {
        self.hostname = hostname
    }

    /// Whether lines are a mail's content, where only CRLF ends one.
    var expectsData: Bool {
        if case .data = phase { return true }
        return false
    }

    var greeting: String { "220 \(hostname) ESMTP ready" }

    /// Takes one line without its end.
    mutating func receive(_ line: some Collection<UInt8>) -> [Action] {
        switch phase {
        case .command: command(String(decoding: line, as: UTF8.self))
        case .authentication(let remaining): authenticate(remaining: remaining, cancelled: line.elementsEqual("*".utf8))
        case .data: content(line)
        }
    }

    /// What a recipient's rule or the fault plan says about `RCPT`.
    var judgeRecipient: @Sendable (String) -> SMTPReply? = { _ in nil }

    private mutating func command(_ line: String) -> [Action] {
        let verb = line.prefix { $0 != " " }.uppercased()
        let argument = line.dropFirst(verb.count).drop { $0 == " " }
        switch verb {
        case "EHLO": return greet(argument, extended: true)
        case "HELO": return greet(argument, extended: false)
        case "MAIL": return mail(argument)
        case "RCPT": return recipient(argument)
        case "DATA": return startData()
        case "RSET":
            clear()
            return [.reply("250 2.0.0 Ok")]
        case "NOOP": return [.reply("250 2.0.0 Ok")]
        case "QUIT": return [.reply("221 2.0.0 Bye"), .close]
        case "AUTH": return startAuthentication(argument)
        case "VRFY": return [.reply("252 2.5.0 Send some mail, I'll try my best")]
        case "HELP": return [.reply("214 2.0.0 Haat sandbox: every mail ends in the inbox page")]
        case "STARTTLS", "EXPN", "TURN", "ETRN": return [.reply("502 5.5.1 Command not implemented")]
        default: return [.reply("500 5.5.2 Unrecognized command")]
        }
    }

    private mutating func greet(_ name: Substring, extended: Bool) -> [Action] {
        guard !name.isEmpty else { return [.reply("501 5.5.4 Syntax: \(extended ? "EHLO" : "HELO") hostname")] }
        clear()
        greeted = true
        guard extended else { return [.reply("250 \(hostname)")] }
        let features = [
            "PIPELINING", "SIZE \(Self.sizeLimit)", "8BITMIME", "SMTPUTF8", "AUTH PLAIN LOGIN", "ENHANCEDSTATUSCODES",
        ]
        let lines = [hostname] + features
        return [
            .reply(
                lines.enumerated().map { "250\($0.offset == lines.count - 1 ? " " : "-")\($0.element)" }
                    .joined(separator: "\r\n"))
        ]
    }

    private mutating func mail(_ argument: Substring) -> [Action] {
        guard greeted else { return [.reply("503 5.5.1 Send EHLO first")] }
        guard sender == nil else { return [.reply("503 5.5.1 Nested MAIL command")] }
        guard let (address, parameters) = Self.path(argument, after: "FROM:") else {
            return [.reply("501 5.5.4 Syntax: MAIL FROM:<address>")]
        }
        for parameter in parameters {
            let halves = parameter.uppercased().split(separator: "=", maxSplits: 1)
            switch halves.first {
            case "SIZE":
                guard halves.count == 2, let size = Int(halves[1]) else { return [.reply("501 5.5.4 Bad SIZE")] }
                guard size <= Self.sizeLimit else { return [.reply("552 5.3.4 Message size exceeds fixed limit")] }
            case "BODY", "SMTPUTF8", "AUTH": break
            default: return [.reply("555 5.5.4 Unsupported option: \(parameter)")]
            }
        }
        sender = address
        return [.reply("250 2.1.0 Ok")]
    }

    private mutating func recipient(_ argument: Substring) -> [Action] {
        guard sender != nil else { return [.reply("503 5.5.1 Need MAIL command")] }
        guard let (address, _) = Self.path(argument, after: "TO:"), !address.isEmpty else {
            return [.reply("501 5.5.4 Syntax: RCPT TO:<address>")]
        }
        guard recipients.count < Self.recipientLimit else { return [.reply("452 4.5.3 Too many recipients")] }
        if let refusal = judgeRecipient(address) {
            guard let text = refusal.text else { return [.close] }
            return [.reply(text)]
        }
        recipients.append(address)
        return [.reply("250 2.1.5 Ok")]
    }

    private mutating func startData() -> [Action] {
        guard sender != nil else { return [.reply("503 5.5.1 Need MAIL command")] }
        guard !recipients.isEmpty else { return [.reply("554 5.5.1 No valid recipients")] }
        phase = .data
        return [.reply("354 End data with <CR><LF>.<CR><LF>")]
    }

    private mutating func content(_ line: some Collection<UInt8>) -> [Action] {
        let dot = UInt8(ascii: ".")
        guard !line.elementsEqual([dot]) else { return endData() }
        guard !oversized, body.count + line.count + 2 <= Self.sizeLimit else {
            oversized = true
            return []
        }
        body.append(contentsOf: line.first == dot ? line.dropFirst() : line[...])
        body.append(contentsOf: [0x0D, 0x0A])
        return []
    }

    private mutating func endData() -> [Action] {
        phase = .command
        defer { clear() }
        guard !oversized else { return [.reply("552 5.3.4 Message size exceeds fixed limit")] }
        return [.judge(SMTPEnvelope(sender: sender ?? "", recipients: recipients, content: body))]
    }

    private mutating func startAuthentication(_ argument: Substring) -> [Action] {
        guard greeted else { return [.reply("503 5.5.1 Send EHLO first")] }
        let words = argument.split(separator: " ")
        switch (words.first?.uppercased(), words.count) {
        case ("PLAIN", 2...): return [.reply("235 2.7.0 Authentication successful")]
        case ("PLAIN", _):
            phase = .authentication(remaining: 1)
            return [.reply("334 ")]
        case ("LOGIN", 2...):
            phase = .authentication(remaining: 1)
            return [.reply("334 UGFzc3dvcmQ6")]
        case ("LOGIN", _):
            phase = .authentication(remaining: 2)
            return [.reply("334 VXNlcm5hbWU6")]
        default: return [.reply("504 5.5.4 Unrecognized authentication type")]
        }
    }

    private mutating func authenticate(remaining: Int, cancelled: Bool) -> [Action] {
        guard !cancelled else {
            phase = .command
            return [.reply("501 5.7.0 Authentication cancelled")]
        }
        guard remaining > 1 else {
            phase = .command
            return [.reply("235 2.7.0 Authentication successful")]
        }
        phase = .authentication(remaining: remaining - 1)
        return [.reply("334 UGFzc3dvcmQ6")]
    }

    private mutating func clear() {
        sender = nil
        recipients = []
        body = []
        oversized = false
    }

    /// `FROM:<a@b> SIZE=1` as the address and the parameters.
    private static func path(_ argument: Substring, after word: String) -> (String, [Substring])? {
        guard argument.prefix(word.count).uppercased() == word else { return nil }
        let rest = argument.dropFirst(word.count).drop { $0 == " " }
        guard rest.first == "<", let end = rest.firstIndex(of: ">") else { return nil }
        let address = rest[rest.index(after: rest.startIndex)..<end]
        guard !address.contains(where: { $0 == " " || $0 == "<" }) else { return nil }
        return (String(address), rest[rest.index(after: end)...].split(separator: " "))
    }
}

/// A mail as it was handed over.
struct SMTPEnvelope: Sendable, Equatable {
    let sender: String
    let recipients: [String]
    let content: [UInt8]
}

/// An answer; without a text the connection is cut.
struct SMTPReply: Sendable, Equatable {
    let text: String?

    static let accepted = SMTPReply(text: "250 2.0.0 Ok: queued")
    static let refused = SMTPReply(text: "550 5.1.1 Mailbox unavailable")
    static let deferred = SMTPReply(text: "451 4.3.0 Try again later")
    static let busy = SMTPReply(text: "421 4.3.2 Too many mails, come back later")
    static let cut = SMTPReply(text: nil)
}
