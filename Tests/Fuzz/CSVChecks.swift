import Values

/// A table that was read and is written again is the same table, whatever stands in its fields.
enum CSVChecks {
    private static let columns = ["a", "b", "c"]

    static func check(_ bytes: [UInt8]) {
        guard let table = accepted({ () throws(CSVTable.Fault) in try read(bytes) }) else { return }
        promise(!table.rows.isEmpty && table.rows.count <= 50, "\(table.rows.count) rows")
        promise(zip(table.rows, table.rows.dropFirst()).allSatisfy { $0.line < $1.line }, "lines that don't grow")
        let fields = table.rows.map { row in columns.indices.map { row[$0] } }
        promise(fields.joined().allSatisfy { $0.utf8.count <= 40 }, "a field that is too long")
        let written = ([columns] + fields).map { $0.map(quoted).joined(separator: ",") }
        let again = accepted { () throws(CSVTable.Fault) in try read(Array(written.joined(separator: "\r\n").utf8)) }
        let same = again.map { table in
            table.rows.map { row in columns.indices.map { Array(row[$0].utf8) } }
                == fields.map { $0.map { Array($0.utf8) } }
        }
        promise(same == true, "another table")
    }

    /// By scalars: with what combines with it, a quote is another character.
    private static func quoted(_ field: String) -> String {
        var text = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in field.unicodeScalars {
            text.append(scalar)
            if scalar == "\"" { text.append(scalar) }
        }
        text.append("\"")
        return String(text)
    }

    private static func read(_ bytes: [UInt8]) throws(CSVTable.Fault) -> CSVTable {
        try CSVTable(bytes, columns: columns, maximumRows: 50, maximumField: 40)
    }
}
