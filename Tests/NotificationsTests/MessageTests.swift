import Core
import Foundation
import Testing

@testable import Notifications

@Suite("Messages on the wire")
struct MessageTests {
    private func encoded(subject: String = "s", text: String = "t", name: String? = nil) -> String {
        String(
            decoding: SMTPTransportTests.message(subject: subject, text: text, name: name).encoded(), as: UTF8.self)
    }

    @Test(
        "No value can begin a header of its own",
        arguments: [
            "Hello\r\nBcc: spy@evil.test", "Hello\nBcc: spy@evil.test", "Hello\rBcc: spy@evil.test",
            "Hello\u{0}Bcc: spy@evil.test", "Hello\u{85}Bcc: spy@evil.test", "Hello\u{2028}Bcc: spy@evil.test",
        ])
    func injection(text: String) {
        for message in [encoded(subject: text), encoded(name: text)] {
            let head = message.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n")
            #expect(!head.contains { $0.lowercased().hasPrefix("bcc") })
            #expect(head.filter { !$0.hasPrefix(" ") }.count == 8)
            #expect(!message.replacing("\r\n", with: "").utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 })
        }
    }

    @Test(
        "Any text is ASCII in lines of at most 76 characters, and reads back the same",
        arguments: [
            "plain", "আপনার অর্ডার পৌঁছে গেছে", "=?utf-8?B?fake?=", String(repeating: "é", count: 300), "tabs\tand trailing  ",
            "=3D",
            String(repeating: "x", count: 1_200),
        ])
    func roundTrip(text: String) {
        let message = encoded(subject: text, text: text)
        #expect(message.utf8.allSatisfy { $0 < 128 })
        for line in message.components(separatedBy: "\r\n") where !line.hasPrefix("Subject: x") {
            #expect(line.utf8.count <= 78, "\(line)")
        }
        #expect(Self.decodeQuotedPrintable(QuotedPrintable.encode(text)) == text)
        let header = HeaderText.unstructured(text)
        let words = header.hasPrefix("=?") ? Self.decodeWords(header) : header
        #expect(words == text.replacing("\t", with: " "))
    }

    @Test("Line ends of every kind become CRLF")
    func lineEnds() {
        #expect(QuotedPrintable.encode("a\nb\r\nc\rd") == "a\r\nb\r\nc\r\nd")
        #expect(QuotedPrintable.encode("trailing \nx") == "trailing=20\r\nx")
    }

    @Test("The same delivery is the same message to the last byte")
    func stable() {
        #expect(encoded() == encoded())
    }

    @Test("The sender's setting is read in both forms")
    func mailboxes() {
        #expect(Mailbox(parsing: "Haat  Shop <a@b.test>")?.name == "Haat Shop")
        #expect(Mailbox(parsing: "a@b.test")?.name == nil)
        for wrong in ["", "a", "<a@b.test", "x <a b@c>", "a@b.test\r\nBcc: c@d"] {
            #expect(Mailbox(parsing: wrong) == nil)
        }
    }

    @Test("A delivered order's mail carries every key, in text and escaped in HTML")
    func deliveredMail() {
        let mail = OrderDeliveredMail(
            orderNumber: "H100001", items: [.init(title: "Antivirus <Pro>", keys: ["AAA-<1>", "BBB-2"])]
        ).rendered(in: .english)
        #expect(mail.subject == "Your order H100001 has been delivered")
        #expect(mail.text.contains("AAA-<1>") && mail.text.contains("BBB-2"))
        #expect(mail.html.contains("AAA-&lt;1&gt;") && !mail.html.contains("<1>") && !mail.html.contains("<Pro>"))
    }

    @Test(
        "A key stands in HTML exactly as it is, wherever a mail program breaks it and whatever styles it drops",
        arguments: [
            "TWO  SPACES-01", "key/" + String(repeating: "bjQLnP+zepic", count: 30) + "==", "<b>&amp;\"'",
            "\u{200B}A\u{A0}B",
            "চাবি-১", "-----", "https://example.com/a?b=c&d=e",
        ])
    func exactKeys(key: String) throws {
        let mail = OrderDeliveredMail(orderNumber: "H1", items: [.init(title: "T", keys: [key, "NEXT"])])
            .rendered(in: .english)
        #expect(mail.text.contains("\n    \(key)\n"))
        let html = Self.decodeQuotedPrintable(QuotedPrintable.encode(mail.html))
        let blocks = html.components(separatedBy: "<pre ").dropFirst().map { $0.components(separatedBy: "</pre>")[0] }
        #expect(blocks.count == 2)
        let block = try #require(blocks.first)
        let tag = try #require(block.components(separatedBy: ">").first)
        for style in ["white-space:pre-wrap", "overflow-wrap:anywhere", "word-break:break-all", "monospace"] {
            #expect(tag.contains(style))
        }
        let shown = block.dropFirst(tag.count + 1).replacing("&lt;", with: "<").replacing("&gt;", with: ">")
            .replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&amp;", with: "&")
        #expect(Array(shown.utf8) == Array(key.utf8))
    }

    static func decodeQuotedPrintable(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.replacing("=\r\n", with: "").replacing("\r\n", with: "\n").utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func decodeWords(_ header: String) -> String {
        header.components(separatedBy: "\r\n ").map { word in
            let base64 = word.dropFirst("=?utf-8?B?".count).dropLast(2)
            return String(decoding: Data(base64Encoded: String(base64)) ?? Data(), as: UTF8.self)
        }.joined()
    }
}
