/// One field of a row, or one element of an array field, still in the bytes that the server sent.
package struct PostgresValue: Sendable {
    private let result: PostgresResult
    private let column: Int32
    private let offset: Int
    private let row: Int32
    private let length: Int
    /// The OID of the value's type.
    package let typeOID: UInt32
    /// Whether the value is SQL NULL.
    package let isNull: Bool

    init(result: PostgresResult, row: Int32, column: Int32) {
        self.result = result
        self.row = row
        self.column = column
        offset = 0
        length = result.length(row: row, column: column)
        typeOID = result.typeOID(ofColumn: column)
        isNull = result.isNull(row: row, column: column)
    }

    private init(elementOf value: PostgresValue, at offset: Int, count: Int?, type: UInt32) {
        result = value.result
        row = value.row
        column = value.column
        self.offset = value.offset + offset
        length = count ?? 0
        typeOID = type
        isNull = count == nil
    }

    /// The value's size in bytes.
    package var count: Int { length }

    func element(at offset: Int, count: Int?, type: UInt32) -> PostgresValue {
        PostgresValue(elementOf: self, at: offset, count: count, type: type)
    }

    /// The column's name.
    package var columnName: String { result.name(ofColumn: column) }

    /// A `.decoding` error that names the column.
    package func failure(_ reason: String) -> PostgresError {
        .decoding("column \"\(columnName)\": \(reason)")
    }

    func mismatch(_ wanted: Any.Type) -> PostgresError {
        isNull
            ? failure("it is NULL, but \(wanted) was asked for")
            : failure("it is \(PostgresType.describe(typeOID)), which can't be read as \(wanted)")
    }

    /// - Throws: `.decoding` unless the value is of this type and not NULL.
    package func require(_ type: PostgresType, as wanted: Any.Type) throws(PostgresError) {
        guard typeOID == type.oid, !isNull else { throw mismatch(wanted) }
    }

    /// The value's bytes, for the length of the call.
    package func withBytes<R>(_ wanted: Any.Type, _ body: (UnsafeRawBufferPointer) -> R) throws(PostgresError) -> R {
        guard !isNull else { throw mismatch(wanted) }
        return result.withBytes(row: row, column: column) { bytes in
            body(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
        }
    }

    /// An integer in network byte order at an offset within the value.
    package func integer<I: FixedWidthInteger>(at position: Int = 0, as type: I.Type) throws(PostgresError) -> I {
        guard !isNull else { throw mismatch(I.self) }
        guard position >= 0, position + MemoryLayout<I>.size <= length else { throw failure("the value is cut short") }
        return result.withBytes(row: row, column: column) { bytes in
            I(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + position, as: I.self))
        }
    }
}
