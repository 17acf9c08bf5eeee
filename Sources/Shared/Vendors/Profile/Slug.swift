package import Core
import Foundation

/// The name of a vendor in addresses of pages.
package struct Slug: Hashable, Sendable, CustomStringConvertible {
    /// What one must be like, beside single hyphens between its letters and digits.
    package static let rule = TextRule(3...60, .only("a-z0-9-"))

    package let text: String

    /// nil unless it keeps the rule and has hyphens only between other characters, one at a time.
    package init?(_ text: String) {
        guard Self.rule.violations(of: text).isEmpty,
            text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
        else { return nil }
        self.text = text
    }

    package static let violation = RuleViolation(
        code: "format",
        message: "must be small letters and digits with single hyphens between them, such as rahim-books")

    package var description: String { text }

    /// Two that a vendor may be called by where it chose none: the first from its name alone, the second nobody else can have.
    static func derived(from name: String, of vendor: ID<Vendor>) -> (wanted: String, unique: String) {
        let base = letters(of: name)
        let tail = vendor.description.suffix(10)
        return base.utf8.count < 3 ? ("vendor-\(tail)", "vendor-\(tail)") : (base, "\(base)-\(tail)")
    }

    /// The letters and digits of ASCII, others without their marks where that makes them such; hyphens for all else.
    private static func letters(of name: String) -> String {
        var bytes: [UInt8] = []
        for scalar in name.decomposedStringWithCanonicalMapping.unicodeScalars
        where scalar.properties.generalCategory != .nonspacingMark {
            let byte = UInt8(exactly: scalar.value).map(ASCIILetter.lowercased) ?? 0
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): bytes.append(byte)
            default: if bytes.last != UInt8(ascii: "-") { bytes.append(UInt8(ascii: "-")) }
            }
        }
        let words = bytes.prefix(48).split(separator: UInt8(ascii: "-"))
        return String(decoding: Array(words.joined(separator: [UInt8(ascii: "-")])), as: UTF8.self)
    }
}

extension InputCheck {
    /// Requires a slug; nil after a failure.
    mutating func slug(_ pointer: String, _ text: String) -> Slug? {
        let slug = Slug(text)
        if slug == nil { fail(pointer, Slug.violation) }
        return slug
    }
}
