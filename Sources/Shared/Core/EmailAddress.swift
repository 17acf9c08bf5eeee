/// An e-mail address that can stand in a header and an SMTP command as it is.
package struct EmailAddress: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// nil unless `rawValue` is an unquoted ASCII address (RFC 5321): local part up to 64, all up to 254 characters.
    package init?(rawValue: String) {
        let parts = rawValue.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, rawValue.utf8.count <= 254, Self.isLocalPart(parts[0]), Self.isDomain(parts[1]) else {
            return nil
        }
        self.rawValue = rawValue
    }

    private init(unchecked rawValue: String) { self.rawValue = rawValue }

    /// For documentation; nobody reads mail there.
    package static let example = EmailAddress(unchecked: "karim@example.com")

    package var description: String { rawValue }

    private static func isLocalPart(_ text: Substring) -> Bool {
        let symbols = Set("!#$%&'*+-/=?^_`{|}~.".utf8)
        return (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { isAlphanumeric($0) || symbols.contains($0) }
            && !text.hasPrefix(".") && !text.hasSuffix(".") && !text.contains("..")
    }

    private static func isDomain(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
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
        if address == nil { fail(pointer, "email", "must be an e-mail address such as name@example.com") }
        return address
    }
}
