/// Why a message was not accepted, split by what a later attempt could change.
package enum SMTPError: Error, Sendable, Equatable {
    /// The server refused this message for good (a 5xx reply), such as an unknown mailbox.
    case refused(code: Int, reply: String)
    /// A 4xx reply, no connection, no answer, or trouble with our own login: worth another attempt.
    case temporary(code: Int?, reason: String)
}

extension SMTPError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let code, let reply): "refused with \(code): \(reply)"
        case .temporary(let code, let reason):
            code.map { "not accepted now (\($0)): \(reason)" } ?? "not accepted now: \(reason)"
        }
    }
}

extension SMTPError {
    /// Replies that speak of our session (login, TLS demanded) and not of the message: an operator can mend them, so the mail waits.
    private static let aboutTheSession: Set<Int> = [500, 501, 502, 503, 504, 530, 534, 535, 538]

    /// - Parameter code: the last reply of the server, 0 where there was none.
    init(replyCode code: Int, reply: String, transportReason: String) {
        switch code {
        case 500..<600 where !Self.aboutTheSession.contains(code): self = .refused(code: code, reply: reply)
        case 400..<600: self = .temporary(code: code, reason: reply)
        default: self = .temporary(code: nil, reason: transportReason)
        }
    }
}
