/// A type made from one row.
package protocol PostgresRowDecodable {
    /// - Throws: `.decoding` naming the column that is missing or has the wrong type.
    init(row: borrowing PostgresRow) throws(PostgresError)
}

/// One row of a result. Values are read straight from the bytes that the server sent.
package struct PostgresRow: Sendable {
    private let result: PostgresResult
    private let index: Int32

    init(result: PostgresResult, index: Int32) {
        self.result = result
        self.index = index
    }

    package var columnCount: Int { Int(result.columnCount) }

    /// The value of the column with this name, exactly as the server spells it.
    /// - Throws: `.decoding` if there is no such column or its value can't be read as `V`.
    package func decode<V: PostgresDecodable>(_ column: String, as: V.Type = V.self) throws(PostgresError) -> V {
        guard let number = result.column(named: column) else {
            throw .decoding("no column \"\(column)\" in the result")
        }
        return try V(postgres: PostgresValue(result: result, row: index, column: number))
    }

    /// The value of the column at this position, from 0.
    /// - Throws: `.decoding` if there are fewer columns or the value can't be read as `V`.
    package func decode<V: PostgresDecodable>(at position: Int, as: V.Type = V.self) throws(PostgresError) -> V {
        guard position >= 0, position < columnCount else {
            throw .decoding("no column \(position), the result has \(columnCount)")
        }
        return try V(postgres: PostgresValue(result: result, row: index, column: Int32(position)))
    }
}

extension PostgresResult {
    func rows<Row: PostgresRowDecodable>(as: Row.Type) throws(PostgresError) -> [Row] {
        var rows: [Row] = []
        rows.reserveCapacity(Int(rowCount))
        for index in 0..<rowCount { rows.append(try Row(row: PostgresRow(result: self, index: index))) }
        return rows
    }
}

/// The row itself, for what no type of its own is worth.
extension PostgresRow: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) {
        self = copy row
    }

    /// All columns by position, as a tuple.
    /// - Throws: `.decoding` naming the column that can't be read.
    package func decode<each Column: PostgresDecodable>(
        columns: (repeat each Column).Type
    ) throws(PostgresError) -> (repeat each Column) {
        var position = 0
        func next<V: PostgresDecodable>(_: V.Type) throws(PostgresError) -> V {
            defer { position += 1 }
            return try decode(at: position)
        }
        return (repeat try next((each Column).self))
    }
}

/// The first column of a row.
struct PostgresSingleValue<Value: PostgresDecodable>: PostgresRowDecodable, Sendable {
    let value: Value

    init(row: borrowing PostgresRow) throws(PostgresError) {
        value = try row.decode(at: 0)
    }
}
