/// Post codes as people type them: with blanks or hyphens between their digits, with a full stop behind, and with the place's name
/// before: "110 001", "110001.", "Delhi-110001".
enum PostalCodeText {
    private static let between = " -.,".unicodeScalars

    /// The digits alone, in ASCII.
    /// - Throws: `.form` with the example for what is no number with a name before it; `.tooLong`.
    static func digits(_ text: String, like example: String) throws(IdentifierFault) -> String {
        let scalars = Array(try IdentifierText.text(text).unicodeScalars)
        guard let first = scalars.firstIndex(where: \.isASCIIDigit) else { throw .form(example) }
        let isNamed = first > 0
        guard !isNamed || between.contains(scalars[first - 1]) || scalars[first - 1] == ":" else {
            throw .form(example)
        }
        let digits = scalars[first...].filter { !between.contains($0) }
        guard digits.allSatisfy(\.isASCIIDigit) else { throw .form(example) }
        return String(String.UnicodeScalarView(digits))
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

extension PINCode {
    /// The code as people type it, the place's name before it included.
    package init(typed text: String) throws(IdentifierFault) {
        try self.init(PostalCodeText.digits(text, like: Self.example))
    }
}

extension BangladeshPostalCode {
    /// The same.
    package init(typed text: String) throws(IdentifierFault) {
        try self.init(PostalCodeText.digits(text, like: Self.example))
    }
}
