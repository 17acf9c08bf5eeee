package import Core
import Values

extension StockTakeTable {
    /// - Throws: a 422 `Problem` that says which lines are not acceptable.
    package init(csv bytes: [UInt8]) throws(Problem) {
        let table: CSVTable
        do throws(CSVTable.Fault) {
            table = try CSVTable(bytes, columns: Self.columns, maximumRows: Self.mostRows, maximumField: 200)
        } catch {
            throw .invalidInput([FieldProblem(pointer: "", code: "csv", message: "the table \(error.message)")])
        }
        var check = InputCheck()
        rows = table.rows.map { row in
            func number(_ column: Int, _ range: ClosedRange<Int64>) -> Int64 {
                let pointer = "/\(row.line)/\(Self.columns[column])"
                guard let number = Int64(row[column]) else {
                    check.fail(pointer, "type", "must be a whole number")
                    return 0
                }
                check.number(pointer, number, in: range)
                return number
            }
            for column in 0..<3 where row[column].utf8.contains(0) {
                check.fail("/\(row.line)/\(Self.columns[column])", "format", "must not have a NUL")
            }
            return StockTakeRow(
                line: row.line, sku: row[0], location: row[1], batch: row[2],
                expected: number(3, StockAdjustment.delta), counted: number(4, StockAdjustment.count))
        }
        try check.finish()
    }
}
