package import Core
import Foundation
import Postgres

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

    /// One that nobody else has, made of a title's Latin letters and digits and the end of its thing's id.
    package init<Subject>(from title: String, of id: ID<Subject>) {
        var name: [UInt8] = []
        for byte in title.utf8.prefix(400) where name.count < 100 {
            let letter = ASCIILetter.lowercased(byte)
            if Self.isPlain(letter) {
                name.append(letter)
            } else if byte < 0x80, let last = name.last, last != Self.hyphen {
                name.append(Self.hyphen)
            }
        }
        if let last = name.last, last != Self.hyphen { name.append(Self.hyphen) }
        // 60 of the 74 random bits.
        rawValue = String(decoding: name + id.description.utf8.suffix(12), as: UTF8.self)
    }

    package static let violation = RuleViolation(
        code: "format", message: "must be small letters and digits, with single hyphens between them")

    package var description: String { rawValue }

    private static let hyphen = UInt8(ascii: "-")

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension InputCheck {
    /// Requires a slug; nil after a failure.
    mutating func slug(_ pointer: String, _ text: String) -> Slug? {
        let slug = Slug(rawValue: text)
        if slug == nil { fail(pointer, Slug.violation) }
        return slug
    }
}

extension Problem {
    /// The answer to a slug that another thing of its kind has, or had.
    static let slugTaken = Problem.conflict(
        "slug-taken", title: "The slug is taken",
        detail: "Another one has this slug, or had it and is still found by it")
}
