/// Rows that are added to a table by one COPY, in PostgreSQL's binary format.
///
/// Each value has to be of its column's very type: `Int32` for `integer`, `Int64` for `bigint`. Whoever has more rows than
/// `byteLimit` sends them in several.
package struct PostgresCopyRows: Sendable {
    /// libpq keeps all of them until the server has taken them.
    package static let byteLimit = 64 << 20

    /// How many there are.
    package private(set) var count = 0
    private let columns: [String]
    private var writer = PostgresBinaryWriter()

    /// - Parameter columns: names from the source, in the order of the values.
    package init(columns: [String]) {
        self.columns = columns
        writeHead()
    }

    /// Appends a row: a value for each column.
    package mutating func append<each Value: PostgresEncodable>(_ values: repeat each Value) {
        var fields: Int16 = 0
        for _ in repeat each values { fields += 1 }
        writer.write(integer: fields)
        for value in repeat each values {
            let start = writer.bytes.count
            writer.write(integer: Int32(-1))
            if let length = writer.field({ value.encode(into: &$0) }) { writer.patch(integer: length, at: start) }
        }
        count += 1
    }

    /// Forgets all rows; the memory stays for the next ones.
    package mutating func removeAll() {
        writer.removeAll()
        count = 0
        writeHead()
    }

    /// Their size in bytes.
    package var byteCount: Int { writer.bytes.count }

    var bytes: [UInt8] { writer.bytes }

    func statement(into table: String) -> PostgresStatement {
        let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        return PostgresStatement(sql: "COPY \"\(table)\" (\(names)) FROM STDIN (FORMAT binary)")
    }

    /// The signature, no flags, no extension. The trailer is left out: the end of the data does as well.
    private mutating func writeHead() {
        writer.write(bytes: "PGCOPY\n".utf8)
        writer.write(bytes: [0xFF, 0x0D, 0x0A, 0x00] as [UInt8])
        writer.write(integer: Int32(0))
        writer.write(integer: Int32(0))
    }
}
