package import Core
package import Postgres

/// A language as texts are written in, with its script and country where they matter: `bn`, `bn-BD`, `sr-Latn-RS`.
package struct ContentLocale: RawRepresentable, Hashable, Sendable, CustomStringConvertible, PostgresCodable {
    package static let rule = TextRule(2...12, .only("A-Za-z-"))

    package let rawValue: String

    /// nil unless it is a tag of BCP 47 with these three parts at most, each in the case that is usual for it.
    package init?(rawValue: String) {
        guard rawValue.utf8.count <= 12, Self.normalized(rawValue.utf8) == Array(rawValue.utf8) else { return nil }
        self.rawValue = rawValue
    }

    private init(unchecked rawValue: String) { self.rawValue = rawValue }

    package static let english = ContentLocale(unchecked: "en")

    package static let violation = RuleViolation(code: "format", message: "must be a language tag such as bn-BD")

    package var description: String { rawValue }

    /// The languages of an `Accept-Language` header (RFC 9110, section 12.5.4), the most wanted first and ten at most. What is no tag
    /// of ours is left out.
    package static func accepted(by header: UTF8Text) -> [ContentLocale] {
        var wanted: [(locale: ContentLocale, weight: Double)] = []
        for part in header.utf8.prefix(1024).split(separator: UInt8(ascii: ",")).prefix(20) {
            let sides = part.split(separator: UInt8(ascii: ";"), maxSplits: 1, omittingEmptySubsequences: false)
            let weight = sides.count < 2 ? 1 : weight(of: sides[1].trimmingBlanks())
            guard weight > 0, let tag = normalized(sides[0].trimmingBlanks()) else { continue }
            let locale = ContentLocale(unchecked: String(decoding: tag, as: UTF8.self))
            if !wanted.contains(where: { $0.locale == locale }) { wanted.append((locale, weight)) }
        }
        // Stable: of the same weight, the earlier one.
        return wanted.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
            .prefix(10).map(\.element.locale)
    }

    private static func weight(of text: some Collection<UInt8>) -> Double {
        guard text.count <= 7, text.prefix(2).isEqualIgnoringCase(to: "q=") else { return 0 }
        return Double(String(decoding: text.dropFirst(2), as: UTF8.self)) ?? 0
    }

    /// The tag in the usual case; nil where it is none.
    private static func normalized(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count <= 12 else { return nil }
        let lowered = text.map(ASCIILetter.lowercased)
        guard lowered.allSatisfy({ isLetter($0) || $0 == UInt8(ascii: "-") }) else { return nil }
        var parts = lowered.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)[...]
        guard let language = parts.popFirst(), (2...3).contains(language.count) else { return nil }
        var tag = Array(language)
        if let script = parts.first, script.count == 4 {
            parts.removeFirst()
            tag += [UInt8(ascii: "-")] + script.prefix(1).map { $0 & ~0x20 } + script.dropFirst()
        }
        if let region = parts.popFirst() {
            guard region.count == 2 else { return nil }
            tag += [UInt8(ascii: "-")] + region.map { $0 & ~0x20 }
        }
        return parts.isEmpty ? tag : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
