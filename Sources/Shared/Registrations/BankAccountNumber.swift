/// The number of an account with a bank: a text of digits, whose leading zeros count.
package struct BankAccountNumber: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// - Parameter market: where the bank is. India's have 9 to 18 digits; of Bangladesh's no rule is known that all banks keep.
    package init(_ text: String, in market: Market) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text, dropping: "-")
        guard bytes.allSatisfy(\.isDigit) else { throw .form("012345678901") }
        switch market {
        case .india: try bytes.requireCount(9...18)
        case .bangladesh: try bytes.requireCount(5...25)
        }
        guard bytes.contains(where: { $0 != UInt8(ascii: "0") }) else { throw .reserved }
        self.text = bytes.asciiText
    }

    package var description: String { text }
}
