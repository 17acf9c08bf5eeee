package import Values

/// A registration number of India's goods and services tax: State, PAN, the how-manieth registration there, kind, check character.
package struct GSTIN: Hashable, Sendable, CustomStringConvertible {
    /// What it is a registration for, as its fourteenth character says.
    package enum Purpose: Hashable, Sendable {
        /// To supply goods or services.
        case supply
        /// To collect tax as an operator of electronic commerce.
        case collection
        /// To deduct tax.
        case deduction
    }

    package static let example = "27ABCPE1234F1ZB"

    package let text: String
    /// The code of the State, two digits.
    package let state: String
    package let pan: PAN

    /// - Parameters:
    ///   - states: those that there are.
    ///   - day: on which its State has to have been one.
    package init(_ text: String, in states: GSTStates, on day: CivilDate) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text)
        try bytes.requireCount(15...15)
        guard bytes[..<2].allSatisfy(\.isDigit), bytes[7..<11].allSatisfy(\.isDigit),
            (bytes[2..<7] + bytes[11..<12]).allSatisfy(\.isCapital),
            bytes[12...].allSatisfy({ $0.isDigit || $0.isCapital }), Self.isKind(bytes[13])
        else { throw .form(Self.example) }
        let code = bytes[..<2].asciiText
        guard states.hasState(code, on: day) else { throw .state }
        pan = try PAN(ascii: Array(bytes[2..<12]))
        guard bytes[12] != UInt8(ascii: "0") else { throw .entity }
        guard let check = Self.checkCharacter(of: bytes[..<14]), check == bytes[14] else { throw .check }
        state = code
        self.text = bytes.asciiText
    }

    package var purpose: Purpose {
        switch text.utf8.dropFirst(13).first {
        case UInt8(ascii: "C"): .collection
        case UInt8(ascii: "D"): .deduction
        default: .supply
        }
    }

    package var description: String { text }

    /// Z as a rule; the portal has given others out, too.
    private static func isKind(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "Z") || (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "J")).contains(byte)
    }

    /// Each character is worth its place in 0–9A–Z. Every second one counts twice; of each product quotient and remainder by 36 are
    /// added.
    /// - Parameter bytes: those before it; nil where one is neither digit nor capital.
    package static func checkCharacter(of bytes: some Collection<UInt8>) -> UInt8? {
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        var sum = 0
        for (index, byte) in bytes.enumerated() {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            let product = value * (index % 2 == 0 ? 1 : 2)
            sum += product / 36 + product % 36
        }
        return alphabet[(36 - sum % 36) % 36]
    }
}

/// A State or Union Territory by its code of the goods and services tax, for as long as it had it.
package struct GSTState: Hashable, Sendable {
    /// Two digits.
    package let code: String
    package let name: String
    /// The first and the last day; nil where there is none.
    package let validFrom: CivilDate?
    package let validTo: CivilDate?

    package init(code: String, name: String, validFrom: CivilDate? = nil, validTo: CivilDate? = nil) {
        self.code = code
        self.name = name
        self.validFrom = validFrom
        self.validTo = validTo
    }

    fileprivate func isValid(on day: CivilDate) -> Bool {
        (validFrom.map { $0.daysSinceEpoch <= day.daysSinceEpoch } ?? true)
            && (validTo.map { day.daysSinceEpoch <= $0.daysSinceEpoch } ?? true)
    }
}

/// The States that there are, as the database has them.
package struct GSTStates: Hashable, Sendable {
    private let byCode: [String: [GSTState]]

    package init(_ states: [GSTState]) { byCode = Dictionary(grouping: states, by: \.code) }

    package func hasState(_ code: String, on day: CivilDate) -> Bool { state(code, on: day) != nil }

    package func state(_ code: String, on day: CivilDate) -> GSTState? {
        byCode[code]?.first { $0.isValid(on: day) }
    }
}
