/// A PIN code of the Indian post: six digits, the first not zero. Whether the post has such an office it can't tell.
package struct PINCode: OfficialIdentifier {
    package static let example = "110001"

    package let text: String

    package init(_ text: String) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text)
        guard bytes.allSatisfy(\.isDigit) else { throw .form(Self.example) }
        try bytes.requireCount(6...6)
        guard bytes[0] != UInt8(ascii: "0") else { throw .form(Self.example) }
        self.text = bytes.asciiText
    }
}

/// The code of a bank's branch in India: four letters of the bank, a zero, six characters of the branch.
package struct IFSC: OfficialIdentifier {
    package static let example = "ABCD0123456"

    package let text: String

    package init(_ text: String) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text)
        try bytes.requireCount(11...11)
        guard bytes[..<4].allSatisfy(\.isCapital), bytes[4] == UInt8(ascii: "0"),
            bytes[5...].allSatisfy({ $0.isDigit || $0.isCapital })
        else { throw .form(Self.example) }
        self.text = bytes.asciiText
    }
}

/// A licence of India's food authority: 14 digits.
package struct FSSAILicence: OfficialIdentifier {
    package static let example = "10012345000123"

    package let text: String

    package init(_ text: String) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text)
        try bytes.requireDigits([14], like: Self.example)
        self.text = bytes.asciiText
    }
}

/// A virtual payment address of India's UPI, such as `karim.stores@bank`; letters are small.
package struct UPIAddress: OfficialIdentifier {
    package static let example = "karim.stores@bank"

    package let text: String

    package init(_ text: String) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text)
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, let handle = parts.last, let name = parts.first else { throw .form(Self.example) }
        guard (2...190).contains(name.count), (2...64).contains(handle.count) else { throw .length(5...255) }
        let isWord = { (byte: UInt8) in byte.isDigit || byte.isCapital }
        guard name.allSatisfy({ isWord($0) || ".-_".utf8.contains($0) }), handle.allSatisfy(isWord),
            handle.first?.isCapital == true
        else { throw .form(Self.example) }
        self.text = String(decoding: bytes.map { $0.isCapital ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}

/// The number by which the tax portal knows somebody in one State who is too small for a registration and sells through a marketplace.
/// How it is made up was not published: letters and digits.
package struct EnrolmentNumber: OfficialIdentifier {
    package static let example = "27ENR0012345678"

    package let text: String

    package init(_ text: String) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text)
        try bytes.requireCount(8...20)
        guard bytes.allSatisfy({ $0.isDigit || $0.isCapital }), bytes.contains(where: \.isDigit) else {
            throw .form(Self.example)
        }
        self.text = bytes.asciiText
    }
}
