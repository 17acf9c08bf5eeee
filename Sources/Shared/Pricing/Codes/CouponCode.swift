import Core
import Foundation

/// A code by which a promotion is asked for, in the one form that all ways of typing it come to: NFC, capital letters, digits of every
/// script as ASCII, without blanks, hyphens and what nobody sees.
package struct CouponCode: Hashable, Sendable {
    /// How many characters it has.
    package static let length = 3...40
    /// What is typed is no longer.
    private static let mostBytes = 512

    package let text: String

    /// nil for what is no code: it has other characters than letters, marks and digits, or too few or too many.
    package init?(typed: String) {
        guard typed.utf8.count <= Self.mostBytes else { return nil }
        let visible = typed.precomposedStringWithCanonicalMapping.unicodeScalars.filter { scalar in
            let properties = scalar.properties
            return !properties.isWhitespace && properties.generalCategory != .format
                && !properties.isDefaultIgnorableCodePoint && scalar != "-"
                && properties.generalCategory != .dashPunctuation
        }
        let ascii = DecimalDigits.ascii(String(String.UnicodeScalarView(visible)))
        let text = ascii.uppercased().precomposedStringWithCanonicalMapping
        guard Self.length.contains(text.unicodeScalars.count), text.unicodeScalars.allSatisfy(\.mayStandInCode) else {
            return nil
        }
        self.text = text
    }

    package static func == (left: CouponCode, right: CouponCode) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(UTF8Text(text)) }
}

extension Unicode.Scalar {
    fileprivate var mayStandInCode: Bool {
        if isASCII { return ("A"..."Z").contains(self) || ("0"..."9").contains(self) }
        return switch properties.generalCategory {
        case .uppercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark: true
        default: false
        }
    }
}
