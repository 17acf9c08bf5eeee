import NIOCore
import NIOPosix
import Testing

@testable import SandboxRuntime

@Suite("SMTP sink")
struct SMTPTests {
    static func mail(to recipient: String, _ content: String = "Subject: Hi\r\n\r\nText\r\n") -> String {
        "EHLO me\r\nMAIL FROM:<shop@haat.test> SIZE=100\r\nRCPT TO:<\(recipient)>\r\nDATA\r\n\(content).\r\nQUIT\r\n"
    }

    private func inbox(_ sandbox: Harness, to recipient: String) async throws -> [JSON] {
        try await sandbox.get("/inbox.json?\(Harness.encode(["to": recipient]))").json.elements ?? []
    }

    @Test("A pipelined dialogue is answered line by line, and the mail is in the inbox")
    func dialogue() async throws {
        try await withSandbox { sandbox in
            let replies = try await smtpDialogue(sandbox, Self.mail(to: "buyer@example.com"), lines: 14)
            #expect(
                replies.map { $0.prefix(3) } == ["220"] + Array(repeating: "250", count: 9) + ["354", "250", "221"])
            #expect(replies.contains("250-PIPELINING"))
            #expect(replies.contains("250-8BITMIME"))
            #expect(replies.contains("250-SIZE 10485760"))
            let mails = try await inbox(sandbox, to: "Buyer@Example.com")
            #expect(mails.first?["subject"] == "Hi")
            #expect(mails.first?["text"] == "Text\n")
            #expect(mails.first?["sender"] == "shop@haat.test")
        }
    }

    @Test("A leading dot is unstuffed, a dot in a bare-LF line doesn't end the mail, long lines stay whole")
    func dotsAndLongLines() async throws {
        try await withSandbox { sandbox in
            let long = String(repeating: "x", count: 100_000)
            let content = "Subject: Dots\r\n\r\n..one\r\n...two\r\nthree\n.\nfour\r\n\(long)\r\n"
            _ = try await smtpDialogue(sandbox, Self.mail(to: "dots@example.com", content), lines: 14)
            let text = try await inbox(sandbox, to: "dots@example.com").first?["text"]?.stringValue
            #expect(text == ".one\n..two\nthree\n.\nfour\n\(long)\n")
        }
    }

    @Test("Commands out of order, unknown ones and bad addresses are refused, and the dialogue goes on")
    func refusals() async throws {
        try await withSandbox { sandbox in
            let text =
                "MAIL FROM:<a@b>\r\nHELO me\r\nDATA\r\nRCPT TO:<x@y>\r\nMAIL FROM:a@b\r\nMAIL FROM:<a@b>\r\nDATA\r\n"
                + "RCPT TO:<>\r\nRSET\r\nNOOP\r\nBLAH\r\nSTARTTLS\r\nVRFY x\r\nMAIL FROM:<> SIZE=99999999\r\nQUIT\r\n"
            let replies = try await smtpDialogue(sandbox, text, lines: 16)
            #expect(
                replies.map { Int($0.prefix(3)) } == [
                    220, 503, 250, 503, 503, 501, 250, 554, 501, 250, 250, 500, 502, 252, 552, 221,
                ])
        }
    }

    @Test("Any credentials are accepted, by AUTH PLAIN and AUTH LOGIN")
    func authentication() async throws {
        try await withSandbox { sandbox in
            let text =
                "EHLO me\r\nAUTH PLAIN AGEAYg==\r\nAUTH PLAIN\r\nAGEAYg==\r\nAUTH LOGIN\r\nYQ==\r\nYg==\r\nAUTH X\r\nQUIT\r\n"
            let replies = try await smtpDialogue(sandbox, text, lines: 16)
            #expect(replies.suffix(8).map { Int($0.prefix(3)) } == [235, 334, 235, 334, 334, 235, 504, 221])
        }
    }

    @Test("A mail that bounces is accepted first, then reported to its sender, and a report never bounces")
    func bounce() async throws {
        try await withSandbox { sandbox in
            let rule = #"{"recipient":"gone@*","action":"bounce"}"#
            #expect(try await sandbox.control("smtp/rules", rule).status == 200)
            let early = #"{"recipient":"gone@*","action":"bounce","at":"rcpt"}"#
            #expect(try await sandbox.control("smtp/rules", early).status == 400)
            let replies = try await smtpDialogue(sandbox, Self.mail(to: "gone@x.test"), lines: 14)
            #expect(replies.contains { $0.hasPrefix("250 2.0.0") })
            let report = try #require(try await inbox(sandbox, to: "shop@haat.test").first)
            #expect(report["sender"] == "")
            #expect(report["subject"] == "Undelivered Mail Returned to Sender")
            #expect(
                report["headers"]?["Content-Type"]?.stringValue?.hasPrefix(
                    "multipart/report; report-type=delivery-status") == true)
            let source = try await sandbox.get("/inbox/\(report["id"]?.intValue ?? 0)/raw").text
            #expect(source.contains("Final-Recipient: rfc822; gone@x.test\r\nAction: failed\r\nStatus: 5.1.1"))
            #expect(source.contains("Subject: Hi"))
            #expect(source.firstMatch(of: /Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/) != nil)
            #expect(try await sandbox.get("/_control/smtp/ledger").json["totals"]?["bounced"] == 1)
            let empty = Self.mail(to: "gone@x.test").replacing("shop@haat.test", with: "")
            _ = try await smtpDialogue(sandbox, empty, lines: 14)
            #expect(try await inbox(sandbox, to: "shop@haat.test").count == 1)
        }
    }

    @Test("A recipient is refused, deferred once, or cut off after the mail is kept, as its rule says")
    func rules() async throws {
        try await withSandbox { sandbox in
            let rules = """
                {"rules":[{"recipient":"*@refused.test","action":"refuse"},
                {"recipient":"later@*","action":"defer","at":"data","times":1},
                {"recipient":"cut@x.test","action":"drop","at":"stored","times":1}]}
                """
            #expect(try await sandbox.control("smtp/rules", rules).status == 200)
            let refused = try await smtpDialogue(sandbox, Self.mail(to: "a@refused.test"), lines: 14)
            #expect(refused.contains("550 5.1.1 Mailbox unavailable"))
            let deferred = try await smtpDialogue(sandbox, Self.mail(to: "later@x.test"), lines: 14)
            #expect(deferred.contains("451 4.3.0 Try again later"))
            _ = try await smtpDialogue(sandbox, Self.mail(to: "later@x.test"), lines: 14)
            #expect(try await inbox(sandbox, to: "later@x.test").count == 1)
            let cut = try await smtpDialogue(sandbox, Self.mail(to: "cut@x.test"), lines: 14)
            #expect(cut.last?.hasPrefix("354") == true)
            #expect(try await inbox(sandbox, to: "cut@x.test").count == 1)
            let totals = try await sandbox.get("/_control/smtp/ledger").json["totals"]
            #expect(totals?["refused"] == 1 && totals?["deferred"] == 1 && totals?["dropped"] == 1)
            #expect(try await sandbox.control("smtp/rules", #"{"recipient":"x","action":"explode"}"#).status == 400)
        }
    }

    @Test("The fault plan also reaches mail: an error after keeping it makes the sender repeat")
    func faults() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control("smtp/next", #"{"request":"DATA /twice@x.test","fault":"error_after"}"#)
            #expect(
                try await smtpDialogue(sandbox, Self.mail(to: "twice@x.test"), lines: 14).contains {
                    $0.hasPrefix("451")
                })
            _ = try await smtpDialogue(sandbox, Self.mail(to: "twice@x.test"), lines: 14)
            #expect(try await inbox(sandbox, to: "twice@x.test").count == 2)
        }
    }

    @Test("The mail page shows the HTML part without any permission, and everything else escaped")
    func page() async throws {
        try await withSandbox { sandbox in
            let content = "Subject: <i>x</i>\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n"
            _ = try await smtpDialogue(sandbox, Self.mail(to: "page@example.com", content), lines: 14)
            let answer = try await sandbox.get("/inbox/1")
            let page = answer.text
            #expect(answer.headers["content-security-policy"]?.contains("frame-src 'self'") == true)
            #expect(page.contains("sandbox=\"\" src=\"/inbox/1/html\""))
            let part = try await sandbox.get("/inbox/1/html")
            #expect(part.text.hasPrefix("<script>alert(1)</script>"))
            #expect(part.headers["content-security-policy"]?.hasPrefix("sandbox; default-src 'none'") == true)
            #expect(page.contains("&lt;i&gt;x&lt;/i&gt;"))
            #expect(!page.contains("<script"))
            #expect(try await sandbox.get("/inbox?to=page").text.contains("/inbox/1"))
            #expect(try await sandbox.get("/inbox/2").status == 404)
        }
    }

    @Test("Only the latest mails are kept")
    func cap() {
        let mailbox = Mailbox(limit: 3)
        for number in 1...5 {
            mailbox.keep(SMTPEnvelope(sender: "a", recipients: ["r\(number)@x", "all@x"], content: []), at: 0)
        }
        #expect(mailbox.count == 3)
        #expect(mailbox.search(recipient: "all@x", limit: 10).map(\.number) == [5, 4, 3])
        #expect(mailbox.search(recipient: "r1@x", limit: 10).isEmpty)
        #expect(mailbox.search(recipient: nil, after: 4, limit: 10).map(\.number) == [5])
        #expect(mailbox[2] == nil)
        #expect(mailbox[3]?.number == 3)
    }
}

/// Sends everything at once and returns what came back until the connection closed or `lines` lines were there.
func smtpDialogue(_ sandbox: Harness, _ text: String, lines: Int) async throws -> [String] {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: sandbox.addresses.host, port: sandbox.addresses.smtpPort) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        try await outbound.write(ByteBuffer(string: text))
        var received = ""
        do {
            for try await part in inbound {
                received += String(buffer: part)
                if received.split(separator: "\r\n").count >= lines { break }
            }
        } catch is IOError {
            // The sink was told to cut the connection.
        }
        return received.split(separator: "\r\n").map(String.init)
    }
}
