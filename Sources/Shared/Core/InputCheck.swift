/// Collects what is wrong with an input, so that all of it can be told at once.
package struct InputCheck: Sendable {
    private var fields = FieldProblems()

    package init() {}

    package var isClean: Bool { fields.isEmpty }

    /// Remembers a problem of the field at a JSON pointer.
    package mutating func fail(_ pointer: String, _ code: String, _ message: String) {
        fields.append(FieldProblem(pointer: pointer, code: code, message: message))
    }

    /// Requires a text of `length` Unicode scalars without control characters; line breaks only where `multiline`.
    package mutating func text(
        _ pointer: String, _ text: String, length: ClosedRange<Int>, multiline: Bool = false
    ) {
        if !length.contains(text.unicodeScalars.count) {
            fail(pointer, "length", "must have \(length.lowerBound) to \(length.upperBound) characters")
        } else if length.lowerBound > 0, text.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
            fail(pointer, "blank", "must not be blank")
        }
        let isForbidden = { (scalar: Unicode.Scalar) in
            scalar.properties.generalCategory == .control && !(multiline && "\n\r\t".unicodeScalars.contains(scalar))
        }
        if text.unicodeScalars.contains(where: isForbidden) {
            fail(pointer, "control_characters", "must not contain control characters")
        }
    }

    /// Requires a number within `range`.
    package mutating func number<Number: FixedWidthInteger & Sendable>(
        _ pointer: String, _ number: Number, in range: ClosedRange<Number>
    ) {
        if !range.contains(number) {
            fail(pointer, "out_of_range", "must be between \(range.lowerBound) and \(range.upperBound)")
        }
    }

    /// - Throws: a 422 `Problem` with every field that failed.
    package func finish() throws(Problem) {
        guard isClean else { throw .invalidInput(fields) }
    }
}
