/// Collects what is wrong with an input, so that all of it can be told at once.
package struct InputCheck: Sendable {
    private var fields = FieldProblems()

    package init() {}

    package var isClean: Bool { fields.isEmpty }

    /// Remembers a problem of the field at a JSON pointer.
    package mutating func fail(_ pointer: String, _ code: String, _ message: String) {
        fields.append(FieldProblem(pointer: pointer, code: code, message: message))
    }

    /// Requires what the rule does.
    package mutating func text(_ pointer: String, _ text: String, _ rule: TextRule) {
        for violation in rule.violations(of: text) { fail(pointer, violation) }
    }

    /// Requires a number within `range`.
    package mutating func number<Number: FixedWidthInteger & Sendable>(
        _ pointer: String, _ number: Number, in range: ClosedRange<Number>
    ) {
        if let violation = RuleViolation.of(number, in: range) { fail(pointer, violation) }
    }

    /// Remembers a rule that the field at a JSON pointer breaks.
    package mutating func fail(_ pointer: String, _ violation: RuleViolation) {
        fail(pointer, violation.code, violation.message)
    }

    /// Remembers what another check has found.
    package mutating func add(_ other: InputCheck) { fields.append(contentsOf: other.fields) }

    /// - Throws: a 422 `Problem` with every field that failed.
    package func finish() throws(Problem) {
        guard isClean else { throw .invalidInput(fields) }
    }
}
