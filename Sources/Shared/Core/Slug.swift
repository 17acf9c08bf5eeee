import Foundation
package import Postgres

/// A name in a link: small letters, digits, and single hyphens between them.
package struct Slug: RawRepresentable, Hashable, Sendable, CustomStringConvertible, PostgresCodable {
    package static let rule = TextRule(1...120, .only("a-z0-9-"))

    package let rawValue: String

    package init?(rawValue: String) {
        guard Self.rule.violations(of: rawValue).isEmpty,
            rawValue.utf8.split(separator: Self.hyphen, omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
        else { return nil }
        self.rawValue = rawValue
    }

    /// The letters and digits of a name: those of ASCII, others without their marks where that makes them such, hyphens between words. nil
    /// where there are none.
    /// - Parameter limit: how many characters are taken, at most 120.
    package init?(wordsOf name: String, limit: Int) {
        var bytes: [UInt8] = []
        let start = String(String.UnicodeScalarView(name.unicodeScalars.prefix(400)))
        for scalar in start.decomposedStringWithCanonicalMapping.unicodeScalars
        where scalar.properties.generalCategory != .nonspacingMark && bytes.count < limit {
            let letter = UInt8(exactly: scalar.value).map(ASCIILetter.lowercased) ?? Self.hyphen
            if Self.isPlain(letter) {
                bytes.append(letter)
            } else if let last = bytes.last, last != Self.hyphen {
                bytes.append(Self.hyphen)
            }
        }
        if bytes.last == Self.hyphen { bytes.removeLast() }
        guard !bytes.isEmpty else { return nil }
        rawValue = String(decoding: bytes, as: UTF8.self)
    }

    /// One that nobody else has, made of a name's words and the end of its thing's id.
    package init<Subject>(from name: String, of id: ID<Subject>) {
        // 60 of the 74 random bits.
        let tail = id.description.suffix(12)
        rawValue = Slug(wordsOf: name, limit: 100).map { "\($0)-\(tail)" } ?? String(tail)
    }

    package static let violation = RuleViolation(
        code: "format",
        message: "must be small letters and digits with single hyphens between them, such as rahim-books")

    package var description: String { rawValue }

    private static let hyphen = UInt8(ascii: "-")

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension Problem {
    /// The answer to a slug that another thing of its kind has, or had.
    package static let slugTaken = Problem.conflict(
        "slug-taken", title: "The slug is taken",
        detail: "Another one has this slug, or had it and is still found by it")
}
