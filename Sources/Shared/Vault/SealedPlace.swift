/// Where a sealed secret stands. What was sealed for one place does not open in another row or column.
package struct SealedPlace: Hashable, Sendable {
    package let table: String
    package let column: String
    /// Identifies the row for good.
    package let row: String

    package init(table: String, column: String, row: some CustomStringConvertible) {
        self.table = table
        self.column = column
        self.row = row.description
    }

    var parts: [String] { [table, column, row] }
}
