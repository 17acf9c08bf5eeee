package import Core

/// Six digits, as they come in a message or from an authenticator.
package struct OneTimeCode: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    package static let length = 6
    /// Of what is typed: blanks and hyphens between the digits are left out.
    package static let typedRule = TextRule(1...40, .any)

    /// ASCII.
    let digits: [UInt8]

    /// The last digits of a number.
    init(truncating number: UInt64) {
        var rest = number
        var digits: [UInt8] = []
        for _ in 0..<Self.length {
            digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        self.digits = digits.reversed()
    }

    /// nil unless `text` has six digits, of any script.
    package init?(typed text: String) {
        guard text.utf8.count <= 160 else { return nil }
        let bytes = DecimalDigits.ascii(text).unicodeScalars
            .filter { !$0.properties.isWhitespace && $0.properties.generalCategory != .format && $0 != "-" }
            .flatMap { Array(String($0).utf8) }
        guard bytes.count == Self.length, bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        digits = bytes
    }

    /// In constant time.
    func matches(_ other: OneTimeCode) -> Bool { ConstantTime.areEqual(digits, other.digits) }

    /// For the message that carries it.
    package func reveal() -> String { String(decoding: digits, as: UTF8.self) }

    package var description: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
