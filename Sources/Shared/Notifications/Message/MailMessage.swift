import Core
package import Foundation

/// One message to one recipient, with a text and an HTML form of the same words.
package struct MailMessage: Sendable {
    /// The Message-ID without its angle brackets. A repeat of the same delivery carries the same one.
    package let id: String
    package let from: Mailbox
    package let to: Mailbox
    package let subject: String
    package let date: Date
    package let text: String
    package let html: String

    /// - Parameter key: identifies the delivery for good, such as the job's id; the Message-ID is made of it and the sender's domain.
    package init(
        key: UUID, from: Mailbox, to: Mailbox, subject: String, date: Date, text: String, html: String
    ) {
        id = Self.id(of: key, from: from)
        self.from = from
        self.to = to
        self.subject = subject
        self.date = date
        self.text = text
        self.html = html
    }

    static func id(of key: UUID, from sender: Mailbox) -> String {
        let domain = sender.address.rawValue.split(separator: "@").last ?? "localhost"
        return "\(key.uuidString.lowercased())@\(domain)"
    }

    /// RFC 5322 with a MIME `multipart/alternative` body: ASCII, CRLF line ends, no line over 998 octets. Dot-stuffing is the transport's.
    package func encoded() -> [UInt8] {
        // Derived from the key, so that a repeat is byte for byte the same; '=_' never occurs in quoted-printable text.
        let boundary = "=_\(id.prefix { $0 != "@" })"
        var lines = headers(boundary: boundary)
        for (type, content) in [("text/plain", text), ("text/html", html)] {
            lines += [
                "--\(boundary)", "Content-Type: \(type); charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
                "", QuotedPrintable.encode(content),
            ]
        }
        lines += ["--\(boundary)--", ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    private func headers(boundary: String) -> [String] {
        [
            "Date: \(MailDate.format(date))",
            "From: \(HeaderText.mailbox(from))",
            "To: \(HeaderText.mailbox(to))",
            "Subject: \(HeaderText.unstructured(subject))",
            "Message-ID: <\(id)>",
            "MIME-Version: 1.0",
            "Auto-Submitted: auto-generated",
            "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"",
            "",
        ]
    }
}

/// RFC 5322 section 3.3 dates, always in UTC.
enum MailDate {
    private static let style = Date.VerbatimFormatStyle(
        format: """
            \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \
            \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) +0000
            """,
        locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))

    static func format(_ date: Date) -> String { date.formatted(style) }
}
