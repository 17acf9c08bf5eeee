import Core
import Foundation
import Logging
import Synchronization
import Testing

@testable import Notifications

@Suite("Mail over SMTP")
struct SMTPTransportTests {
    static func message(
        subject: String = "Your order", text: String = "Hello", to: String = "buyer@example.com", name: String? = nil
    ) -> MailMessage {
        MailMessage(
            key: UUID(uuidString: "01900000-0000-7000-8000-000000000001")!,
            from: Mailbox(parsing: "Haat <shop@haat.test>")!,
            to: Mailbox(EmailAddress(rawValue: to)!, name: name), subject: subject,
            date: Date(timeIntervalSince1970: 1_800_000_000), text: text, html: "<p>Hello</p>")
    }

    static func with<R: Sendable>(
        _ url: String, timeout: Duration = .seconds(10), connections: Int = 4,
        _ body: @Sendable (SMTPTransport) async throws -> R
    ) async throws -> R {
        var configuration = try SMTPConfiguration(url: url)
        configuration.timeout = timeout
        configuration.connections = connections
        let transport = SMTPTransport(
            configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        do {
            let result = try await body(transport)
            try await transport.shutdown()
            return result
        } catch {
            try await transport.shutdown()
            throw error
        }
    }

    @Test("A message arrives whole: envelope, headers, dots at the beginning of lines")
    func delivery() async throws {
        try await TinySMTPServer.open { server in
            let text = "first\n.\n..two dots\n.hidden\nlast"
            try await Self.with(server.url) { try await $0.deliver(Self.message(text: text)) }
            let session = try #require(server.sessions.first)
            #expect(session.commands.contains { $0.hasPrefix("MAIL FROM:<shop@haat.test>") })
            #expect(session.commands.contains { $0.hasPrefix("RCPT TO:<buyer@example.com>") })
            let wire = try #require(session.contents.first)
            #expect(wire.contains("\r\n..\r\n...two dots\r\n..hidden\r\n"))
            let unstuffed = wire.replacing("\r\n..", with: "\r\n.")
            #expect(unstuffed == String(decoding: Self.message(text: text).encoded(), as: UTF8.self))
            #expect(wire.contains("Message-ID: <01900000-0000-7000-8000-000000000001@haat.test>\r\n"))
            #expect(wire.contains("Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"))
        }
    }

    @Test("As many messages are under way at once as there are connections, however slow the server")
    func concurrency() async throws {
        try await TinySMTPServer.open(TinySMTPServer.Behaviour(isSilentAfterContent: true)) { server in
            try await Self.with(server.url, timeout: .seconds(60), connections: 12) { transport in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<12 { group.addTask { try await transport.deliver(Self.message()) } }
                    while server.contents.count < 12 { try await Task.sleep(for: .milliseconds(10)) }
                    server.answerAll()
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("Sessions are used again instead of opened anew")
    func reuse() async throws {
        try await TinySMTPServer.open { server in
            try await Self.with(server.url, connections: 1) { transport in
                for _ in 0..<5 { try await transport.deliver(Self.message()) }
            }
            #expect(server.sessions.count == 1)
            #expect(server.contents.count == 5)
        }
    }

    @Test("Many deliveries at once share a few connections and none is lost")
    func parallel() async throws {
        try await TinySMTPServer.open { server in
            try await Self.with(server.url, connections: 3) { transport in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<40 {
                        group.addTask { try await transport.deliver(Self.message(subject: "number \(number)")) }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(server.contents.count == 40)
            #expect(server.sessions.count <= 3)
        }
    }

    @Test("An unknown mailbox is refused for good", arguments: ["550 no such user", "553 bad name", "554 no"])
    func refused(reply: String) async throws {
        var behaviour = TinySMTPServer.Behaviour()
        behaviour.afterRecipient = reply
        try await TinySMTPServer.open(behaviour) { server in
            let error = await #expect(throws: SMTPError.self) {
                try await Self.with(server.url) { try await $0.deliver(Self.message()) }
            }
            #expect(error == .refused(code: Int(reply.prefix(3))!, reply: reply))
        }
    }

    @Test("A message that is refused after its content is refused for good as well")
    func refusedContent() async throws {
        var behaviour = TinySMTPServer.Behaviour()
        behaviour.afterContent = "552 too big"
        try await TinySMTPServer.open(behaviour) { server in
            let error = await #expect(throws: SMTPError.self) {
                try await Self.with(server.url) { try await $0.deliver(Self.message()) }
            }
            #expect(error == .refused(code: 552, reply: "552 too big"))
        }
    }

    @Test("Greylisting is temporary, and the same transport delivers later")
    func temporary() async throws {
        var behaviour = TinySMTPServer.Behaviour()
        behaviour.afterRecipient = "451 come back later"
        try await TinySMTPServer.open(behaviour) { server in
            try await Self.with(server.url) { transport in
                let error = await #expect(throws: SMTPError.self) { try await transport.deliver(Self.message()) }
                #expect(error == .temporary(code: 451, reason: "451 come back later"))
                server.book.behaviour.withLock { $0.afterRecipient = "250 ok" }
                try await transport.deliver(Self.message())
            }
            #expect(server.contents.count == 1)
        }
    }

    @Test(
        "A server that wants TLS or a login speaks of us, not of the recipient: the mail waits",
        arguments: ["530 Must issue STARTTLS first", "535 bad login"])
    func aboutUs(reply: String) async throws {
        var behaviour = TinySMTPServer.Behaviour()
        behaviour.afterMail = reply
        try await TinySMTPServer.open(behaviour) { server in
            let error = await #expect(throws: SMTPError.self) {
                try await Self.with(server.url) { try await $0.deliver(Self.message()) }
            }
            #expect(error == .temporary(code: Int(reply.prefix(3)), reason: reply))
        }
    }

    @Test("No server, and a server that falls silent, are temporary")
    func silence() async throws {
        let gone = await #expect(throws: SMTPError.self) {
            try await Self.with("smtp://127.0.0.1:1") { try await $0.deliver(Self.message()) }
        }
        guard case .temporary(code: nil, _) = gone else {
            Issue.record("got \(String(describing: gone))")
            return
        }
        var behaviour = TinySMTPServer.Behaviour()
        behaviour.isSilentAfterContent = true
        try await TinySMTPServer.open(behaviour) { server in
            let error = await #expect(throws: SMTPError.self) {
                try await Self.with(server.url, timeout: .milliseconds(500)) { try await $0.deliver(Self.message()) }
            }
            guard case .temporary = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }

    @Test("Where TLS is not offered, nothing is said in the clear")
    func requiredTLS() async throws {
        try await TinySMTPServer.open { server in
            let error = await #expect(throws: SMTPError.self) {
                try await Self.with("smtp://127.0.0.1:\(server.port)") { try await $0.deliver(Self.message()) }
            }
            guard case .temporary = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
            #expect(server.sessions.allSatisfy { session in !session.commands.contains { $0.hasPrefix("MAIL") } })
        }
    }

    @Test(
        "A malformed setting is named",
        arguments: [
            ("http://mail.test", "scheme 'http' is not smtp or smtps"), ("smtp://", "the host is missing"),
            ("smtp://mail.test/x", "a path ('/x') has no meaning here"),
            ("smtp://mail.test?starttls=maybe", "starttls is 'maybe'; expected required or none"),
            ("smtp://mail.test?starttls=try", "starttls is 'try'; expected required or none"),
            ("smtp://mail.test?tls=1", "unknown option 'tls'"),
            ("smtp://mail.test:99999", "port 99999 is out of range"),
        ])
    func settings(url: String, reason: String) {
        let error = #expect(throws: SMTPConfiguration.Invalid.self) { try SMTPConfiguration(url: url) }
        #expect(error?.description == reason)
    }

    @Test("Neither passwords nor mails travel without TLS unless the setting says so")
    func defaults() throws {
        #expect(try SMTPConfiguration(url: "smtp://u:p%40ss@mail.test").startTLS == .required)
        #expect(try SMTPConfiguration(url: "smtp://u:p%40ss@mail.test").password == "p@ss")
        #expect(try SMTPConfiguration(url: "smtp://mail.test").startTLS == .required)
        #expect(
            try SMTPConfiguration(url: "smtp://mail.test?starttls=none").startTLS == SMTPConfiguration.StartTLS.none)
        #expect(try SMTPConfiguration(url: "smtps://mail.test").port == 465)
        #expect(try SMTPConfiguration(url: "smtp://[::1]:2525").port == 2525)
    }
}
