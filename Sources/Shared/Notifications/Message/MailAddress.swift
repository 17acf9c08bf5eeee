/// An address that is safe in an SMTP command and in a header: ASCII `local@domain`, no quoting, no comments, no control characters.
package struct MailAddress: Sendable, Hashable {
    /// Why a text is not a usable address.
    package struct Invalid: Error, CustomStringConvertible {
        package let description: String
    }

    package let address: String
    /// Shown beside the address; any Unicode text.
    package let name: String?

    package init(_ address: String, name: String? = nil) throws(Invalid) {
        let sides = address.split(separator: "@", omittingEmptySubsequences: false)
        guard sides.count == 2, address.utf8.count <= 254 else {
            throw Invalid(description: "an e-mail address has one @ and at most 254 characters")
        }
        guard (1...64).contains(sides[0].utf8.count), sides[0].utf8.allSatisfy(Self.isAtomText), !sides[0].hasPrefix("."),
            !sides[0].hasSuffix("."), !sides[0].contains("..")
        else { throw Invalid(description: "the part before the @ has characters that are not supported") }
        guard Self.isDomain(sides[1]) else { throw Invalid(description: "the part after the @ is not a domain name") }
        self.address = address
        self.name = name
    }

    /// RFC 5322 `atext`, and the dot between atoms.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~.".utf8.contains(byte)
    }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { $0 == UInt8(ascii: "-") || isAlphanumeric($0) }
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

extension MailAddress {
    /// Reads `Name <address>` or a bare address, as the sender's setting is written.
    package init(parsing text: String) throws(Invalid) {
        guard let open = text.lastIndex(of: "<"), text.hasSuffix(">") else {
            try self.init(text)
            return
        }
        let name = text[..<open].trimmingPrefix(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        try self.init(String(text[text.index(after: open)...].dropLast()), name: name.isEmpty ? nil : String(name))
    }
}
