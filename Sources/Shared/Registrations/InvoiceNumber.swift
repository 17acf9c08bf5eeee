/// The number of a tax invoice as India's rule 46 has it: at most 16 letters, digits, hyphens and strokes. The tax portal does not
/// tell small letters from capitals and drops zeros at the beginning: capitals are kept, and such zeros refused.
package struct InvoiceNumber: OfficialIdentifier {
    package static let example = "MH/26-27/000001"

    package let text: String

    package init(_ text: String) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text, keepsInnerSpaces: true)
        try bytes.requireCount(1...16)
        let isWord = { (byte: UInt8) in byte.isDigit || byte.isCapital }
        guard bytes.allSatisfy({ isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/") }) else {
            throw .characters
        }
        guard isWord(bytes[0]), bytes[0] != UInt8(ascii: "0") else { throw .form(Self.example) }
        self.text = bytes.asciiText
    }
}
