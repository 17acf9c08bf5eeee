import Foundation

/// What a text may consist of, and what becomes of what nobody sees in it.
///
/// | content | Unicode form | format characters | blanks | compared |
/// | --- | --- | --- | --- | --- |
/// | `.line` | made NFC | joiners, direction marks and emoji tags kept, others left out | kept, but not alone | as it is |
/// | `.lines` | made NFC | the same | kept, with line breaks and tabs | as it is |
/// | `.identifier` | made NFC | refused, as all that is invisible | a space between visible characters | as it is |
/// | `.secret` | kept | kept, but byte-order marks around it | left out around it | NFC, without all that is invisible, every blank a space |
/// | `.secretLines` | kept | the same | the same, with line breaks and tabs | the same |
/// | `.only` | refused where it is not ASCII | refused | those that are listed | as it is |
/// | `.any` | kept | kept | kept | as it is |
///
/// E-mail addresses and telephone numbers are ASCII with rules of their own, which refuse all of it. More combining marks in a row
/// than any script has are refused: to bring them into order takes the square of their number.
package enum TextContent: Sendable, Hashable {
    /// Whatever it is.
    case any
    /// One line: no control characters, and something to see unless it may be empty.
    case line
    /// The same with line breaks and tabs.
    case lines
    /// One line by which something is found again, such as an SKU.
    case identifier
    /// One line that is handed on exactly as it was given, such as a licence key.
    case secret
    /// The same with line breaks and tabs.
    case secretLines
    /// These characters alone.
    case only(AllowedCharacters)

    /// UAX 15 lets a stream have so many in a row.
    static let mostMarks = 30

    /// The text to keep; unchanged where it can't be accepted anyway.
    func normalized(_ text: String) -> String {
        let scalars = text.unicodeScalars
        switch self {
        case .any, .only: return text
        case .secret, .secretLines:
            return String(String.UnicodeScalarView(scalars.trimming { $0.isBlank || $0.isByteOrderMark }))
        case .line, .lines, .identifier:
            guard !text.isASCII, !scalars.haveExcessiveMarks else { return text }
            let kept = self == .identifier ? scalars : scalars.filter { !$0.isNeedless }
            return String(kept).precomposedStringWithCanonicalMapping
        }
    }

    /// What texts of this kind are compared by.
    func canonical(_ text: String) -> String {
        guard self == .secret || self == .secretLines else { return normalized(text) }
        let scalars = text.unicodeScalars
        guard !scalars.haveExcessiveMarks else { return text }
        let seen = scalars.lazy.filter { !$0.isInvisible }.map { $0.isBlank ? " " : $0 }
        let trimmed = String.UnicodeScalarView(String.UnicodeScalarView(seen).trimming { $0 == " " })
        return text.isASCII ? String(trimmed) : String(trimmed).precomposedStringWithCanonicalMapping
    }

    /// What is wrong with a text of at least one scalar, but for its length.
    func violations(of text: String, mayBeBlank: Bool) -> [RuleViolation] {
        let scalars = text.unicodeScalars
        switch self {
        case .any: return []
        case .only(let characters):
            guard !characters.contains(all: UTF8Text(text)) else { return [] }
            return [
                RuleViolation(
                    code: "pattern", message: "may only contain the characters \(characters.expression)")
            ]
        case .line, .lines, .identifier, .secret, .secretLines:
            var violations: [RuleViolation] = []
            if !mayBeBlank, scalars.allSatisfy({ $0.isBlank || $0.isInvisible }) { violations.append(.blank) }
            if scalars.contains(where: isForbiddenControl) { violations.append(.controlCharacters) }
            if scalars.haveExcessiveMarks { violations.append(.excessiveMarks) }
            return violations.isEmpty ? doubtful(text) : violations
        }
    }

    /// What would be found under another name than it shows.
    private func doubtful(_ text: String) -> [RuleViolation] {
        let scalars = text.unicodeScalars
        if self == .identifier, scalars.contains(where: \.isInvisible) { return [.invisibleCharacters] }
        if self == .identifier,
            scalars.contains(where: { $0.isBlank && $0 != " " })
                || scalars.first == " " || scalars.last == " "
        {
            return [.blanks]
        }
        return UTF8Text(normalized(text)) == UTF8Text(text) ? [] : [.notNormalized]
    }

    private var hasLines: Bool { self == .lines || self == .secretLines }

    private func isForbiddenControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: !(hasLines && "\n\r\t".unicodeScalars.contains(scalar))
        case .lineSeparator, .paragraphSeparator: !hasLines
        default: false
        }
    }
}

extension RuleViolation {
    fileprivate static let blank = RuleViolation(code: "blank", message: "must not be blank")
    fileprivate static let controlCharacters = RuleViolation(
        code: "control_characters", message: "must not contain control characters")
    fileprivate static let excessiveMarks = RuleViolation(
        code: "combining_marks", message: "must not have more than \(TextContent.mostMarks) combining marks in a row")
    fileprivate static let invisibleCharacters = RuleViolation(
        code: "invisible_characters", message: "must not contain invisible characters")
    fileprivate static let blanks = RuleViolation(
        code: "blanks", message: "may have no other blanks than spaces between visible characters")
    fileprivate static let notNormalized = RuleViolation(
        code: "not_normalized", message: "must be in Unicode's form NFC, without needless format characters")
}

extension Unicode.Scalar {
    fileprivate var isByteOrderMark: Bool { value == 0xFEFF }

    /// Nothing but room: white space of all kinds, and the pattern of no dots.
    fileprivate var isBlank: Bool { properties.isWhitespace || value == 0x2800 }

    /// Neither ink nor room.
    fileprivate var isInvisible: Bool {
        guard value >= 0x80 else { return false }
        return (properties.generalCategory == .format && !isVisibleFormat) || properties.isDefaultIgnorableCodePoint
    }

    /// Signs of numbers, years and verses are format characters that are seen.
    private var isVisibleFormat: Bool {
        switch value {
        case 0x600...0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD: true
        default: false
        }
    }

    /// A format character that no spelling needs: Indic and Arabic scripts need joiners and direction marks, flags need tags.
    fileprivate var isNeedless: Bool {
        guard value >= 0x80, properties.generalCategory == .format, !isVisibleFormat else { return false }
        switch value {
        case 0x61C, 0x200C...0x200F, 0xE0020...0xE007F: return false
        default: return true
        }
    }
}

extension String.UnicodeScalarView {
    fileprivate var haveExcessiveMarks: Bool {
        var run = 0
        for scalar in self {
            let isMark = scalar.value >= 0x300 && scalar.properties.canonicalCombiningClass != .notReordered
            run = isMark ? run + 1 : 0
            if run > TextContent.mostMarks { return true }
        }
        return false
    }

    fileprivate func trimming(_ isOuter: (Unicode.Scalar) -> Bool) -> Substring.UnicodeScalarView {
        var rest = self[...].drop(while: isOuter)
        while let last = rest.last, isOuter(last) { rest.removeLast() }
        return rest
    }
}

extension String {
    fileprivate var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
