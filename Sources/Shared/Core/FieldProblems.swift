/// What is wrong with the fields of one input: the first problems and the number of all, so that what is answered does not
/// grow with what was sent.
package struct FieldProblems: Hashable, Sendable {
    /// So many are told.
    package static let limit = 50

    /// In the order in which they were found, at most `limit`.
    package private(set) var told: [FieldProblem] = []
    /// How many there are, those that aren't told included.
    package private(set) var count = 0

    package init() {}

    package init(_ problems: [FieldProblem]) {
        told = Array(problems.prefix(Self.limit))
        count = problems.count
    }

    package var isEmpty: Bool { count == 0 }

    /// Counts a problem; one that will not be told is not even put into words.
    package mutating func append(_ problem: @autoclosure () -> FieldProblem) {
        if told.count < Self.limit { told.append(problem()) }
        count += 1
    }

    package mutating func append(contentsOf others: FieldProblems) {
        told.append(contentsOf: others.told.prefix(Self.limit - told.count))
        count += others.count
    }
}
