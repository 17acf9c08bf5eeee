/// A business identification number of Bangladesh's VAT: 13 digits since 30 November 2019; older ones are not valid any more.
package struct BIN: OfficialIdentifier {
    package static let example = "0001234560101"

    package let text: String

    package init(_ text: String) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text, dropping: "-")
        try bytes.requireDigits([13], like: Self.example)
        self.text = bytes.asciiText
    }
}

/// A taxpayer’s number of Bangladesh's income tax: 12 digits.
package struct ETIN: OfficialIdentifier {
    package static let example = "123456789012"

    package let text: String

    package init(_ text: String) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text)
        try bytes.requireDigits([12], like: Self.example)
        self.text = bytes.asciiText
    }
}

/// The number of a Bangladeshi's identity card: 10 digits on new cards, 13 or 17 on older ones.
package struct NID: OfficialIdentifier {
    package static let example = "1234567890"

    package let text: String

    package init(_ text: String) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text)
        try bytes.requireDigits([10, 13, 17], like: Self.example)
        self.text = bytes.asciiText
    }
}

/// The number of a trade licence. Each city corporation and union has a pattern of its own: letters of any script, digits and marks.
package struct TradeLicenceNumber: OfficialIdentifier {
    package static let example = "TRAD/DSCC/012345/2024"

    package let text: String

    package init(_ text: String) throws(IdentifierFault) {
        let normalized = try IdentifierText.text(text)
        let scalars = normalized.unicodeScalars
        guard (2...60).contains(scalars.count) else { throw .length(2...60) }
        guard
            scalars.allSatisfy({
                $0.properties.isAlphabetic || $0.properties.generalCategory == .nonspacingMark
                    || $0.properties.generalCategory == .spacingMark || "0123456789 /-.,()#".unicodeScalars.contains($0)
            })
        else { throw .characters }
        guard scalars.contains(where: { ("0"..."9").contains($0) }) else { throw .form(Self.example) }
        self.text = normalized
    }
}

/// The routing number of a bank's branch in Bangladesh: bank, district, branch, check digit.
package struct RoutingNumber: OfficialIdentifier {
    package static let example = "999270017"

    package let text: String

    /// Nobody has published how the last digit is made; the rule holds for all of the 6,905 branches that it was tried on.
    private static let weights = [5, 7, 1, 5, 7, 1, 5, 7, 1]

    package init(_ text: String) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text)
        try bytes.requireDigits([9], like: Self.example)
        let sum = zip(bytes, Self.weights).reduce(0) { $0 + $1.0.digitValue * $1.1 }
        guard sum % 10 == 0 else { throw .check }
        self.text = bytes.asciiText
    }
}

/// A post code of Bangladesh: four digits, the first not zero. Whether the post has such an office it can't tell.
package struct BangladeshPostalCode: OfficialIdentifier {
    package static let example = "1212"

    package let text: String

    package init(_ text: String) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text)
        try bytes.requireDigits([4], like: Self.example)
        guard bytes[0] != UInt8(ascii: "0") else { throw .form(Self.example) }
        self.text = bytes.asciiText
    }
}
