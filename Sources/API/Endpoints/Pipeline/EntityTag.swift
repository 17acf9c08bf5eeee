import Crypto
import NIOCore

/// The tag of one state of a resource (RFC 9110, section 8.8.3).
struct EntityTag: Equatable {
    /// With its quotes.
    let text: String

    /// The tag of a numbered version; strong.
    static func version(_ number: Int64) -> EntityTag { EntityTag(text: "\"\(number)\"") }

    /// The tag of content; weak, because the same content may go out compressed.
    static func content(_ body: ByteBuffer) -> EntityTag {
        let digest = SHA256.hash(data: body.readableBytesView).prefix(12)
        let digits = digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return EntityTag(text: "W/\"\(digits.joined())\"")
    }

    /// Whether an `If-None-Match` names this tag; weak comparison.
    func isNamed(in header: String) -> Bool {
        header.split(separator: ",").contains { candidate in
            let trimmed = candidate.trimmingPrefix(while: \.isWhitespace).trimmingSuffixWhitespace()
            return trimmed == "*" || trimmed.trimmingPrefix("W/") == text.trimmingPrefix("W/")
        }
    }

    /// What an `If-Match` asks of a numbered version. A weak tag is taken for its number: proxies that compress weaken
    /// tags.
    enum Expectation: Equatable {
        case any
        case version(Int64)
        /// Not the tag of a version.
        case malformed
    }

    static func expectation(in header: String) -> Expectation {
        let trimmed = header.trimmingPrefix(while: \.isWhitespace).trimmingSuffixWhitespace()
        if trimmed == "*" { return .any }
        let opaque = trimmed.trimmingPrefix("W/")
        guard opaque.count > 2, opaque.first == "\"", opaque.last == "\"",
            let number = Int64(opaque.dropFirst().dropLast()), number >= 0
        else { return .malformed }
        return .version(number)
    }
}

extension Substring {
    func trimmingSuffixWhitespace() -> Substring {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
