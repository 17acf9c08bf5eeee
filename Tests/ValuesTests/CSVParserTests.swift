import Testing
import Values

@Suite("Comma-separated values")
struct CSVParserTests {
    private func read(_ bytes: [UInt8], pieces: Int) throws -> [CSVParser.Record] {
        var parser = CSVParser()
        var records: [CSVParser.Record] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            records += try parser.feed(bytes[start..<min(start + pieces, bytes.count)])
        }
        if let last = try parser.finish() { records.append(last) }
        return records
    }

    @Test(
        "Records are the same however their bytes arrive",
        arguments: [
            ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
            ("a,b\r\n\"c\r\nd\",\"e\"\"f\"", [["a", "b"], ["c\r\nd", "e\"f"]]),
            ("\u{FEFF}a,b\r\rc", [["a", "b"], ["c"]]), ("\n\na\n\n", [["a"]]), (",\n\"\"\n", [["", ""], [""]]),
            ("5\" pipe,x\n", [["5\" pipe", "x"]]), ("চা,é\n", [["চা", "é"]]), ("", []), ("\u{FEFF}", []),
            ("a,\"\"", [["a", ""]]), (" \"a\" ,b", [[" \"a\" ", "b"]]),
        ])
    func records(text: String, fields: [[String]]) throws {
        for pieces in [1, 2, 3, 1_000] {
            #expect(try read(Array(text.utf8), pieces: pieces).map(\.fields) == fields, "in pieces of \(pieces)")
        }
    }

    @Test("Each record knows the line on which it begins")
    func lines() throws {
        let records = try read(Array("a\n\"b\nb\"\r\n\r\nc".utf8), pieces: 2)
        #expect(records.map(\.line) == [1, 2, 5])
    }

    @Test("What is not UTF-8 is read as Windows-1252, field by field")
    func encodings() throws {
        let bytes: [UInt8] = Array("é,caf".utf8) + [0xE9, 0x80, 0x0A] + Array("x\n".utf8)
        let records = try read(bytes, pieces: 3)
        #expect(records.map(\.fields) == [["é", "café€"], ["x"]])
        #expect(records.map(\.isWindows1252) == [true, false])
    }

    @Test("What is malformed or too large is refused with its line")
    func faults() {
        #expect(throws: CSVParser.Fault.malformed(line: 2)) { try read(Array("a\n\"b\"c\n".utf8), pieces: 2) }
        #expect(throws: CSVParser.Fault.malformed(line: 1)) { try read(Array("\"open\n\n".utf8), pieces: 2) }
        var limits = CSVParser.Limits()
        (limits.field, limits.record, limits.fields) = (4, 6, 3)
        func fault(_ text: String) -> CSVParser.Fault? {
            var parser = CSVParser(limits: limits)
            do throws(CSVParser.Fault) {
                _ = try parser.feed(Array(text.utf8))
                _ = try parser.finish()
                return nil
            } catch {
                return error
            }
        }
        #expect(fault("abcd,e\n") == nil)
        #expect(fault("a\nabcde\n") == .fieldTooLong(line: 2))
        #expect(fault("abc,def,g") == .recordTooLong(line: 1))
        #expect(fault("a,b,c,d") == .tooManyFields(line: 1))
    }

    @Test("What is written is read again")
    func writing() throws {
        let rows = [["a", "b,c", "d\"e", "f\ng", "", " h "], [""], ["চা"]]
        var writer = CSVWriter()
        for row in rows {
            for field in row { writer.write(field) }
            writer.endRecord()
        }
        #expect(try read(writer.bytes, pieces: 5).map(\.fields) == rows)
    }
}
