import Core
import Foundation

@testable import Notifications
@testable import SandboxRuntime

/// Mails are read by the sandbox's reader as they were written, and whatever it is sent, it reads.
enum MailChecks {
    static func check(_ bytes: [UInt8]) {
        _ = MIMEMessage(bytes)
        var fuzzed = FuzzedBytes(bytes)
        let (name, subject, text, html) = (fuzzed.text(), fuzzed.text(), fuzzed.text(), fuzzed.text())
        let message = MailMessage(
            key: UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)),
            from: Mailbox(.example, name: "Haat"), to: Mailbox(.example, name: name), subject: subject,
            date: Date(timeIntervalSince1970: 1_800_000_000), text: text, html: html)
        let encoded = message.encoded()
        checkLines(encoded)
        let read = MIMEMessage(encoded)
        promise(
            read.headers.map(\.name) == [
                "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Auto-Submitted", "Content-Type",
            ], "other headers: \(read.headers.map(\.name))")
        promise(read.attachments.isEmpty, "an attachment")
        promise(isSame(read.text, withPlainLineEnds(text)), "another text")
        promise(isSame(read.html, withPlainLineEnds(html)), "another page")
        promise(isSame(read["Subject"].map(shown), shown(subject)), "another subject: \(read["Subject"] ?? "none")")
        promise(read["To"]?.hasSuffix("karim@example.com>") ?? false || shown(name).isEmpty, "another recipient")
        checkMailbox(bytes)
    }

    /// ASCII in lines that every relay takes.
    private static func checkLines(_ encoded: [UInt8]) {
        promise(
            encoded.allSatisfy { $0 < 0x80 && ($0 >= 0x20 || $0 == 0x0D || $0 == 0x0A || $0 == 0x09) }, "no plain ASCII"
        )
        for line in encoded.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            promise(line.last == 0x0D && line.dropLast().allSatisfy { $0 != 0x0D }, "a line that ends otherwise")
            promise(line.count <= 999, "a line of \(line.count) bytes")
        }
    }

    private static func checkMailbox(_ bytes: [UInt8]) {
        guard let mailbox = Mailbox(parsing: String(decoding: bytes, as: UTF8.self)) else { return }
        promise(EmailAddress(rawValue: mailbox.address.rawValue) == mailbox.address, "an address that is none")
        let line = HeaderText.mailbox(mailbox)
        promise(line.utf8.allSatisfy { $0 < 0x80 }, "a name that is not plain ASCII")
    }

    private static func withPlainLineEnds(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\n")
    }

    /// As a header can show it: controls are blanks there, and none counts at its ends.
    private static func shown(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        let inner = scalars.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        return String(String.UnicodeScalarView(inner))
    }

    private static func isSame(_ left: String?, _ right: String) -> Bool {
        left.map { Array($0.utf8) } == Array(right.utf8)
    }
}
