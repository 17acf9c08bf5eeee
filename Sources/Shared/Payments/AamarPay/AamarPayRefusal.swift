import Core
import Outbound

/// What aamarPay says instead of what was asked for: with status 200, as a text, an object or a page. Which one when, and the words, are
/// UNCONFIRMED; what follows from them is decided here alone.
struct AamarPayRefusal {
    private static let excerptLength = 200

    private let answer: OutboundAnswer

    init(_ answer: OutboundAnswer) {
        self.answer = answer
    }

    /// - Parameter opening: whether a page was to be opened, which may have happened all the same.
    func error(opening: Bool) -> GatewayError {
        if says("store id") || says("signature") { return .credentialsRefused(excerpt) }
        if opening, says("exist") { return .keySpent(excerpt) }
        switch answer.response.body.first(where: { $0 > 0x20 }) {
        case UInt8(ascii: "{"), UInt8(ascii: "\""), UInt8(ascii: "["):
            return opening
                ? .refused(code: nil, message: excerpt, evidence: answer.evidence)
                : .integrity("a search says: \(excerpt)")
        default:
            let reason = "a page instead of an answer: \(excerpt)"
            return opening ? .unknown(reason) : .unavailable(reason)
        }
    }

    private var text: UTF8Text { UTF8Text(String(decoding: answer.response.body.prefix(2_048), as: UTF8.self)) }

    private var excerpt: String { text.excerpt(Self.excerptLength) }

    private func says(_ words: String) -> Bool {
        let text = Array(text.lowercasedASCII.utf8)
        return text.contains(Array(words.utf8))
    }
}
