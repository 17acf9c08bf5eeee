import Foundation

/// What people type for a number that somebody has given out, brought to one form: ASCII, capital letters, no blanks.
enum IdentifierText {
    /// No such number is longer, however it is typed.
    private static let mostBytes = 256

    /// NFC, digits of every script as ASCII, small letters as capitals; blanks and what nobody sees are left out.
    ///
    /// Digits are those of the general category Nd alone: circled digits and the numerals of Chinese, which other properties call
    /// numbers too, are refused. Letters beyond ASCII are never made ASCII: a dotless i is no I.
    /// - Parameters:
    ///   - dropped: marks that people put between digits.
    ///   - keepsInnerSpaces: for texts in which a space means something; those around it are left out all the same.
    /// - Throws: `.characters` for what is not ASCII then, `.tooLong`.
    static func ascii(
        _ text: String, dropping dropped: String = "", keepsInnerSpaces: Bool = false
    ) throws(IdentifierFault) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in try scalars(text, keepsInnerSpaces: keepsInnerSpaces) {
            guard scalar.isASCII, let byte = UInt8(exactly: scalar.value) else { throw .characters }
            if !dropped.utf8.contains(byte) { bytes.append(byte.capital) }
        }
        return bytes
    }

    /// The same for numbers in which letters of any script may stand; letters stay as they are.
    static func text(_ text: String) throws(IdentifierFault) -> String {
        String(String.UnicodeScalarView(try scalars(text, keepsInnerSpaces: true)))
    }

    private static func scalars(
        _ text: String, keepsInnerSpaces: Bool
    ) throws(IdentifierFault) -> [Unicode.Scalar] {
        guard text.utf8.count <= mostBytes else { throw .tooLong }
        var kept: [Unicode.Scalar] = []
        for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars where !scalar.isUnseen {
            if scalar.properties.isWhitespace {
                if keepsInnerSpaces, !kept.isEmpty, kept.last != " " { kept.append(" ") }
            } else {
                kept.append(scalar.asciiDigit ?? scalar)
            }
        }
        if kept.last == " " { kept.removeLast() }
        return kept
    }
}

extension Unicode.Scalar {
    fileprivate var isUnseen: Bool {
        properties.generalCategory == .format || properties.isDefaultIgnorableCodePoint
    }

    /// The digit of ASCII with its value, where it is a decimal digit of any script.
    fileprivate var asciiDigit: Unicode.Scalar? {
        guard properties.generalCategory == .decimalNumber, let value = properties.numericValue,
            let digit = UInt8(exactly: value), digit < 10
        else { return nil }
        return Unicode.Scalar(UInt8(ascii: "0") + digit)
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }

    fileprivate var capital: UInt8 {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) ? self & 0xDF : self
    }

    /// Of a digit that `isDigit`.
    var digitValue: Int { Int(self &- UInt8(ascii: "0")) }
}

extension Collection<UInt8> {
    /// The text of ASCII bytes.
    var asciiText: String { String(decoding: self, as: UTF8.self) }
}
