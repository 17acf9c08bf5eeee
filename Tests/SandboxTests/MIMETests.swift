import Testing

@testable import SandboxRuntime

@Suite("MIME")
struct MIMETests {
    private func message(_ text: String) -> MIMEMessage {
        MIMEMessage(Array(text.replacing("\n", with: "\r\n").utf8))
    }

    @Test("Both parts of multipart/alternative are found inside multipart/mixed, with the attachment")
    func multipart() {
        let parsed = message(
            """
            Subject: =?utf-8?Q?Dein_Schl=C3=BCssel?=
             =?utf-8?B?IPCfjok=?=
            Content-Type: multipart/mixed; boundary="outer"

            preamble
            --outer
            Content-Type: multipart/alternative; boundary=inner

            --inner
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            H=C3=A4llo =
            Welt=3D
            --inner
            Content-Type: text/html; charset="utf-8"
            Content-Transfer-Encoding: base64

            PGgxPkhp
            PC9oMT4=
            --inner--
            --outer
            Content-Type: application/pdf
            Content-Disposition: attachment; filename*=utf-8''r%C3%A4ch.pdf

            abc
            --outer--
            epilogue
            """)
        #expect(parsed["subject"] == "Dein Schlüssel 🎉")
        #expect(parsed.text == "Hällo Welt=")
        #expect(parsed.html == "<h1>Hi</h1>")
        #expect(parsed.attachments == [.init(name: "räch.pdf", type: "application/pdf", size: 3)])
    }

    @Test("A plain mail without any MIME header is text")
    func plain() {
        let parsed = message("Subject: a\nX-Folded: one\n two\n\nbody\n")
        #expect(parsed.text == "body\n")
        #expect(parsed["X-Folded"] == "one two")
    }

    @Test("Latin-1 is read as such")
    func latin1() {
        let parsed = MIMEMessage(Array("Content-Type: text/plain; charset=iso-8859-1\r\n\r\n".utf8) + [0xFC])
        #expect(parsed.text == "ü")
    }

    @Test(
        "Broken mails are shown as far as they go",
        arguments: ["", "\r\n", "no headers", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x"])
    func broken(text: String) {
        _ = MIMEMessage(Array(text.utf8))
    }

    @Test(
        "A pattern matches with its stars",
        arguments: [
            ("*", true), ("*@x.test", true), ("a*t", true), ("b*", false), ("A@X.TEST", true), ("a@x", false),
            ("*@*.test", true),
        ])
    func patterns(pattern: String, matches: Bool) {
        let rule = MailRule(recipient: pattern, action: .refuse, moment: .rcpt, delayMilliseconds: 0)
        #expect(rule.matches("a@x.test") == matches)
    }

    @Test("What is no escape of quoted-printable stays as it is", arguments: ["=+5", "=-0", "=GG", "=4", "a="])
    func noEscape(text: String) {
        #expect(QuotedPrintable.decode(Array(text.utf8)) == Array(text.utf8))
    }
}
