/// The delivery status notification (RFC 3464) for a mail that was accepted and then could not be delivered.
enum MailBounce {
    /// Nil for mails without a sender: those are notifications themselves, and never answered (RFC 5321, 4.5.5).
    static func notification(of envelope: SMTPEnvelope, failed: [String], at time: Double) -> SMTPEnvelope? {
        guard !envelope.sender.isEmpty, !failed.isEmpty else { return nil }
        let boundary = "haat-sandbox-report"
        let date = "\(CivilTime(unix: Int(time), offset: 0).mailDate) +0000"
        let lines =
            [
                "From: Mail Delivery System <MAILER-DAEMON@sandbox.example>", "To: <\(envelope.sender)>",
                "Subject: Undelivered Mail Returned to Sender", "Date: \(date)", "Auto-Submitted: auto-replied",
                "MIME-Version: 1.0",
                "Content-Type: multipart/report; report-type=delivery-status; boundary=\"\(boundary)\"", "",
                "--\(boundary)", "Content-Type: text/plain; charset=us-ascii", "",
                "Your message could not be delivered to: \(failed.joined(separator: ", "))", "", "--\(boundary)",
                "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; sandbox.example",
                "Arrival-Date: \(date)",
            ] + failed.flatMap(recipient) + [
                "", "--\(boundary)", "Content-Type: text/rfc822-headers", "",
            ] + headers(of: envelope.content) + ["", "--\(boundary)--", ""]
        return SMTPEnvelope(
            sender: "", recipients: [envelope.sender], content: Array(lines.joined(separator: "\r\n").utf8))
    }

    private static func recipient(_ address: String) -> [String] {
        [
            "", "Final-Recipient: rfc822; \(address)", "Action: failed", "Status: 5.1.1",
            "Diagnostic-Code: smtp; 550 5.1.1 Mailbox unavailable",
        ]
    }

    private static func headers(of content: [UInt8]) -> [String] {
        let text = String(decoding: content, as: UTF8.self)
        let end = text.firstRange(of: "\r\n\r\n")?.lowerBound ?? text.endIndex
        return text[..<end].split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    }
}
