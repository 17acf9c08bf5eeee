import Core
import Foundation

/// How texts are compared when they are searched: what people write in several ways is written in one.
///
/// Case, accents of Latin letters, joiners and digits of other scripts don't count; in Devanagari a nasal before a consonant is the
/// anusvara, and the nukta counts only where it makes another letter (ड़, ढ़).
package enum SearchText {
    /// Of one text; what is longer is cut.
    private static let mostWords = 2_000
    /// In scalars.
    private static let longestWord = 60

    /// The words of a text, in its order.
    package static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word: [Unicode.Scalar] = []
        func end() {
            if !word.isEmpty, words.count < mostWords { words.append(finish(word)) }
            word = []
        }
        for scalar in scalars(of: text) {
            if isPart(scalar) { word.append(scalar) } else if !isSilent(scalar) { end() }
        }
        end()
        return words
    }

    /// What is written together with signs in between, such as WH-1000XM4, as one word each.
    package static func compounds(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).prefix(200).compactMap { chunk in
            let parts = words(String(chunk))
            return parts.count > 1 && parts.count < 6 ? parts.joined() : nil
        }
    }

    private static func scalars(of text: String) -> some Sequence<Unicode.Scalar> {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return Array(text.lowercased().unicodeScalars) }
        return Array(DecimalDigits.ascii(text.lowercased()).decomposedStringWithCanonicalMapping.unicodeScalars)
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x80 else { return isLetterOrDigit(scalar) }
        guard scalar.value >= 0x370 || !isMark(scalar) else { return false }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .nonspacingMark, .spacingMark:
            return true
        default: return false
        }
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }

    /// What stands in words and is no part of them: accents, apostrophes, joiners.
    private static func isSilent(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x27, 0x2019, 0x2BC, 0x200B...0x200F, 0xAD, 0xFEFF: true
        default: scalar.value < 0x370 && isMark(scalar)
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool { (0x300...0x36F).contains(scalar.value) }

    private static func finish(_ scalars: [Unicode.Scalar]) -> String {
        let cut = scalars.prefix(longestWord)
        guard cut.contains(where: { $0.value >= 0x80 }) else { return String(String.UnicodeScalarView(cut)) }
        return String(String.UnicodeScalarView(foldIndic(Array(cut)))).precomposedStringWithCanonicalMapping
    }

    private static func foldIndic(_ word: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var folded: [Unicode.Scalar] = []
        var index = 0
        while index < word.count {
            let letter = IndicLetter(word[index])
            let next = index + 1 < word.count ? IndicLetter(word[index + 1]) : nil
            let afterNext = index + 2 < word.count ? IndicLetter(word[index + 2]) : nil
            if let letter, letter.isNasal(before: afterNext), next?.isVirama == true {
                folded.append(letter.script.anusvara)
                index += 2
                continue
            }
            if letter?.script == .devanagari, letter?.isNukta == true,
                !(folded.last.flatMap(IndicLetter.init)?.isFlapWithNukta ?? false)
            {
                index += 1
                continue
            }
            folded.append(letter?.isCandrabindu == true ? letter?.script.anusvara ?? word[index] : word[index])
            index += 1
        }
        return folded
    }
}
