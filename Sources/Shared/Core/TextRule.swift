/// What a text must be like. A field of the API and the use case behind it ask the same one.
package struct TextRule: Sendable, Hashable {
    /// In Unicode scalars.
    package let length: ClosedRange<Int>
    package let content: TextContent

    package init(_ length: ClosedRange<Int>, _ content: TextContent) {
        self.length = length
        self.content = content
    }

    /// The text to keep, for `violations(of:)` to look at: without what its content leaves out.
    package func normalized(_ text: String) -> String {
        isBounded(text) ? content.normalized(text) : text
    }

    /// What texts that keep the rule are compared by.
    package func canonical(_ text: String) -> String {
        isBounded(text) ? content.canonical(text) : text
    }

    /// What is wrong with `text`; empty where nothing is.
    package func violations(of text: String) -> [RuleViolation] {
        let count = text.unicodeScalars.count
        guard isBounded(text), count <= length.upperBound else { return [.tooLong(atMost: length.upperBound)] }
        guard count >= length.lowerBound else { return [.tooShort(atLeast: length.lowerBound)] }
        return content.violations(of: text, mayBeBlank: length.lowerBound == 0)
    }

    /// A character has four bytes at most: a text with twice as many is not worth the work.
    private func isBounded(_ text: String) -> Bool { text.utf8.count / 8 <= length.upperBound }
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
