package import Core

/// The tag of one state of a resource (RFC 9110, section 8.8.3).
package struct EntityTag: Equatable, Sendable {
    /// With its quotes.
    package let text: String

    package init(text: String) { self.text = text }

    /// The tag of a numbered version; strong.
    static func version(_ number: Int64) -> EntityTag { EntityTag(text: "\"\(number)\"") }

    /// Whether an `If-None-Match` names this tag; weak comparison.
    package func isNamed(in header: UTF8Text) -> Bool {
        let own = Self.opaque(text.utf8[...])
        return header.utf8.split(separator: UInt8(ascii: ",")).contains { candidate in
            let tag = candidate.trimmingBlanks()
            return tag.isEqual(to: "*") || Self.opaque(tag).elementsEqual(own)
        }
    }

    /// The tag without the mark of weakness.
    private static func opaque(_ tag: Substring.UTF8View) -> Substring.UTF8View {
        tag.prefix(2).isEqual(to: "W/") ? tag.dropFirst(2) : tag
    }

    /// What an `If-Match` asks of a numbered version. A weak tag is taken for its number: proxies that compress weaken
    /// tags.
    enum Expectation: Equatable {
        case any
        case version(Int64)
        /// Not the tag of a version.
        case malformed
    }

    static func expectation(in header: UTF8Text) -> Expectation {
        let tag = header.utf8[...].trimmingBlanks()
        if tag.isEqual(to: "*") { return .any }
        let opaque = opaque(tag)
        let quote = UInt8(ascii: "\"")
        guard opaque.count > 2, opaque.first == quote, opaque.last == quote,
            let number = Int64(Substring(opaque.dropFirst().dropLast())), number >= 0,
            opaque.elementsEqual(version(number).text.utf8)
        else { return .malformed }
        return .version(number)
    }
}
