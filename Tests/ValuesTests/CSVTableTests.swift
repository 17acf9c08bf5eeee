import Testing
import Values

@Suite struct CSVTableTests {
    private func read(
        _ text: String, columns: [String] = ["a", "b"], rows: Int = 10
    ) throws(CSVTable.Fault) -> [[String]] {
        let table = try CSVTable(Array(text.utf8), columns: columns, maximumRows: rows, maximumField: 12)
        return table.rows.map { row in columns.indices.map { row[$0] } }
    }

    @Test("Columns come in any order, quoted or not, with either end of line")
    func reading() throws {
        #expect(try read("a,b\n1,2\n3,4\n") == [["1", "2"], ["3", "4"]])
        #expect(try read("b,a\r\n1,2\r\n") == [["2", "1"]])
        #expect(try read("\u{FEFF}a,b\n1,2") == [["1", "2"]])
        #expect(try read("\"a\",b\n\"x, \"\"y\"\"\",\"two\nlines\"\n\n") == [["x, \"y\"", "two\nlines"]])
        #expect(try read("a,b\n,\n") == [["", ""]])
    }

    @Test("A row knows the line on which it begins")
    func lines() throws {
        let table = try CSVTable(Array("a\n\"1\n2\"\n\n3".utf8), columns: ["a"], maximumRows: 5)
        #expect(table.rows.map(\.line) == [2, 5])
    }

    @Test(
        "What is no such table is refused",
        arguments: [
            ("", CSVTable.Fault.empty), ("a,b\n", .empty), ("a,b\n1\n", .fieldCount(line: 2)),
            ("a,b\n1,2,3\n", .fieldCount(line: 2)), ("a,c\n1,2", .head("c")), ("a\n1", .head("b")),
            ("a,b,b\n1,2,3", .head("b")), ("a,b\n1,\"2", .malformed(line: 2)), ("a,b\n1,\"2\"x", .malformed(line: 2)),
            ("a,b\n1,1234567890123", .fieldTooLong(line: 2)),
            ("a,b\n1,\"1234567890123\"", .fieldTooLong(line: 2)),
        ])
    func refusals(text: String, fault: CSVTable.Fault) {
        #expect(throws: fault) { try read(text) }
    }

    @Test("No more rows are read than there may be, and bytes that are no text not at all")
    func bounds() {
        #expect(throws: CSVTable.Fault.tooManyRows) { try read("a,b\n1,2\n1,2\n", rows: 1) }
        #expect(throws: CSVTable.Fault.notUTF8) {
            try CSVTable([0x61, 0x0A, 0xFF], columns: ["a"], maximumRows: 1)
        }
    }
}
