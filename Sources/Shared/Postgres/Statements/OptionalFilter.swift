/// A condition of a listing that applies only where its filter is set.
package enum OptionalFilter {
    /// `comparison`, or a test that is always true and still names the parameter.
    ///
    /// Whether a filter is set changes the text, so each combination has a plan of its own; `$1 IS NULL OR column = $1` would
    /// give all of them the plan of none.
    /// - Parameters:
    ///   - comparison: SQL such as "id < $2".
    ///   - parameter: the parameter with its type, such as "$2::uuid".
    package static func condition(_ comparison: String, _ parameter: String, isSet: Bool) -> String {
        isSet ? comparison : "\(parameter) IS NULL"
    }

    /// Whether the column has a value of one of our own enumerations, which stands in the text: under a generic plan no partial
    /// index serves a parameter, and a rare value is planned as if it were a common one. Each value has a plan of its own.
    package static func equals<Value: CaseIterable & RawRepresentable<String>>(
        _ column: String, _ value: Value?
    ) -> String {
        value.map { "\(column) = '\($0.rawValue)'" } ?? "TRUE"
    }
}
