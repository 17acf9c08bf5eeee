import Values

/// Tables are the same however their bytes arrive, and what is written of them reads the same.
enum TableChecks {
    static func check(_ bytes: [UInt8]) {
        let whole = read(bytes, pieces: max(bytes.count, 1))
        promise(read(bytes, pieces: 1) == whole && read(bytes, pieces: 7) == whole, "other pieces have other records")
        guard let whole else { return }
        var writer = CSVWriter()
        for record in whole {
            for field in record.fields { writer.write(field) }
            writer.endRecord()
        }
        // A mark at the beginning would be taken for one of the encoding.
        guard whole.first?.fields.first?.unicodeScalars.first != "\u{FEFF}" else { return }
        let again = read(writer.bytes, pieces: 3)
        promise(again?.map(\.fields) == whole.map(\.fields), "written and read again it has other fields")
    }

    private static func read(_ bytes: [UInt8], pieces: Int) -> [CSVParser.Record]? {
        accepted { () throws(CSVParser.Fault) in
            var parser = CSVParser()
            var records: [CSVParser.Record] = []
            var start = 0
            while start < bytes.count {
                records += try parser.feed(bytes[start..<min(start + pieces, bytes.count)])
                start += pieces
            }
            if let last = try parser.finish() { records.append(last) }
            return records
        }
    }
}
