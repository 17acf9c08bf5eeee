/// An e-mail address that can stand in a header and an SMTP command as it is.
package struct EmailAddress: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// nil unless `rawValue` is an unquoted ASCII address (RFC 5321): local part up to 64, all up to 254 characters.
    package init?(rawValue: String) {
        guard rawValue.utf8.count <= 254 else { return nil }
        let parts = rawValue.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isLocalPart(parts[0]), Self.isDomain(parts[1]) else { return nil }
        self.rawValue = rawValue
    }

    private init(unchecked rawValue: String) { self.rawValue = rawValue }

    /// What is said of a text that is none.
    package static let violation = RuleViolation(
        code: "format", message: "must be an e-mail address such as name@example.com")

    /// For documentation; nobody reads mail there.
    package static let example = EmailAddress(unchecked: "karim@example.com")

    package var description: String { rawValue }

    /// What addresses of people are compared by: however its letters are cased. RFC 5321 lets the local part's case matter; no
    /// provider does, and people type it as they like.
    package var comparisonKey: String { UTF8Text(rawValue).lowercasedASCII.string }

    private static func isLocalPart(_ text: Substring.UTF8View) -> Bool {
        let symbols = Set("!#$%&'*+-/=?^_`{|}~".utf8)
        return (1...64).contains(text.count)
            && text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || symbols.contains($0) }
            }
    }

    private static func isDomain(_ text: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                && label.allSatisfy { isAlphanumeric($0) || $0 == hyphen }
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension InputCheck {
    /// Requires an e-mail address; nil after a failure.
    package mutating func email(_ pointer: String, _ text: String) -> EmailAddress? {
        let address = EmailAddress(rawValue: text)
        if address == nil { fail(pointer, EmailAddress.violation) }
        return address
    }
}
