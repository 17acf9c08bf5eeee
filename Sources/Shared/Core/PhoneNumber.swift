/// A telephone number with its country code (ITU-T E.164), such as "+8801712345678".
package struct PhoneNumber: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// nil unless `rawValue` is a plus sign and 8 to 15 digits, the first not zero. Blanks, hyphens, dots and brackets between
    /// them are left out.
    package init?(rawValue: String) {
        guard rawValue.utf8.count <= 40 else { return nil }
        let bytes = rawValue.utf8.filter { !" -.()".utf8.contains($0) }
        let digits = bytes.dropFirst()
        guard bytes.first == UInt8(ascii: "+"), (8...15).contains(digits.count), digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        self.rawValue = String(decoding: bytes, as: UTF8.self)
    }

    private init(unchecked rawValue: String) { self.rawValue = rawValue }

    /// For documentation; a number that nobody has.
    package static let example = PhoneNumber(unchecked: "+8801700000000")

    /// What is said of a text that is none.
    package static let violation = RuleViolation(
        code: "format", message: "must be a telephone number with its country code such as +8801712345678")

    package var description: String { rawValue }
}

extension InputCheck {
    /// Requires a telephone number; nil after a failure.
    package mutating func phone(_ pointer: String, _ text: String) -> PhoneNumber? {
        let number = PhoneNumber(rawValue: text)
        if number == nil { fail(pointer, PhoneNumber.violation) }
        return number
    }
}
