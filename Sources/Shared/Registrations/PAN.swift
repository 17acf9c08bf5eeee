package import Core

/// A permanent account number of India's income tax: five letters, four digits, a letter.
package struct PAN: OfficialIdentifier {
    /// Who holds one, as its fourth letter says.
    package enum HolderKind: String, Hashable, Sendable, CaseIterable {
        case associationOfPersons = "A"
        case bodyOfIndividuals = "B"
        case company = "C"
        case firm = "F"
        case government = "G"
        case hinduUndividedFamily = "H"
        case artificialPerson = "J"
        case localAuthority = "L"
        case person = "P"
        case trust = "T"
    }

    package static let example = "ABCPE1234F"

    package let text: String
    package let kind: HolderKind

    /// Its last letter is a check letter by a rule that was never published: not checked.
    package init(_ text: String) throws(IdentifierFault) {
        try self.init(ascii: IdentifierText.ascii(text))
    }

    init(ascii bytes: [UInt8]) throws(IdentifierFault) {
        try bytes.requireCount(10...10)
        guard bytes[..<5].allSatisfy(\.isCapital), bytes[5..<9].allSatisfy(\.isDigit), bytes[9].isCapital else {
            throw .form(Self.example)
        }
        guard let kind = HolderKind(rawValue: bytes[3...3].asciiText) else { throw .holderKind }
        text = bytes.asciiText
        self.kind = kind
    }
}
