/// What a text must be like. A field of the API and the use case behind it ask the same one.
package struct TextRule: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
        /// Whatever it is.
        case any
        /// One line: no control characters, and more than white space unless it may be empty.
        case line
        /// The same with line breaks and tabs.
        case lines
        /// These characters alone.
        case only(AllowedCharacters)
    }

    /// In Unicode scalars.
    package let length: ClosedRange<Int>
    package let content: Content

    package init(_ length: ClosedRange<Int>, _ content: Content) {
        self.length = length
        self.content = content
    }

    /// What is wrong with `text`; empty where nothing is.
    package func violations(of text: String) -> [RuleViolation] {
        let scalars = text.unicodeScalars
        let count = scalars.count
        var violations: [RuleViolation] = []
        if count < length.lowerBound {
            violations.append(.tooShort(atLeast: length.lowerBound))
        } else if count > length.upperBound {
            violations.append(.tooLong(atMost: length.upperBound))
        }
        switch content {
        case .any: break
        case .line, .lines:
            if count >= length.lowerBound, length.lowerBound > 0, scalars.allSatisfy(\.properties.isWhitespace) {
                violations.append(RuleViolation(code: "blank", message: "must not be blank"))
            }
            if scalars.contains(where: isForbidden) {
                violations.append(
                    RuleViolation(code: "control_characters", message: "must not contain control characters"))
            }
        case .only(let characters):
            if violations.isEmpty, !characters.contains(all: UTF8Text(text)) {
                violations.append(
                    RuleViolation(
                        code: "pattern", message: "may only contain the characters \(characters.expression)"))
            }
        }
        return violations
    }

    private func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
            && !(content == .lines && "\n\r\t".unicodeScalars.contains(scalar))
    }
}

/// A rule that a value breaks: a stable word for programs, and what continues the field's name for people.
package struct RuleViolation: Sendable, Hashable {
    package let code: String
    package let message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    static func tooShort(atLeast minimum: Int) -> RuleViolation {
        RuleViolation(
            code: "too_short", message: minimum == 1 ? "must not be empty" : "must have at least \(minimum) characters")
    }

    static func tooLong(atMost maximum: Int) -> RuleViolation {
        RuleViolation(code: "too_long", message: "must have at most \(maximum) characters")
    }

    /// What is wrong with a number that has to be within `range`; nil where nothing is.
    package static func of<Number: FixedWidthInteger & Sendable>(
        _ number: Number, in range: ClosedRange<Number>
    ) -> RuleViolation? {
        if number < range.lowerBound {
            RuleViolation(code: "minimum", message: "must be at least \(range.lowerBound)")
        } else if number > range.upperBound {
            RuleViolation(code: "maximum", message: "must be at most \(range.upperBound)")
        } else {
            nil
        }
    }
}

/// A set of ASCII characters that names or codes may consist of, written like the inside of a regular expression's
/// brackets:
/// `"a-z0-9_-"` (a hyphen that means itself stands last).
package struct AllowedCharacters: Sendable, Hashable, ExpressibleByStringLiteral {
    package let expression: String
    private let allowed: Set<UInt8>

    package init(stringLiteral value: String) {
        expression = value
        var allowed: Set<UInt8> = []
        let bytes = Array(value.utf8)
        var index = 0
        while index < bytes.count {
            if index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "-"), bytes[index] <= bytes[index + 2] {
                allowed.formUnion(bytes[index]...bytes[index + 2])
                index += 3
            } else {
                allowed.insert(bytes[index])
                index += 1
            }
        }
        self.allowed = allowed
    }

    /// A regular expression for texts of these characters alone.
    package var pattern: String { "^[\(expression)]*$" }

    package func contains(all text: UTF8Text) -> Bool { text.utf8.allSatisfy(allowed.contains) }
}
