import CLibPQ
import Glibc

/// A result as libpq holds it.
///
/// `@unchecked Sendable`: libpq never changes a `PGresult` after handing it out, and this object alone frees it.
final class PostgresResult: @unchecked Sendable {
    private let pointer: OpaquePointer
    /// libpq tells it, by its address, of a misuse of the result.
    private let notices: NoticeReceiver

    /// Takes ownership.
    init(_ pointer: OpaquePointer, of handle: ConnectionHandle) {
        self.pointer = pointer
        notices = handle.notices
    }

    deinit {
        PQclear(pointer)
    }

    var rowCount: Int32 { PQntuples(pointer) }
    var columnCount: Int32 { PQnfields(pointer) }

    /// Rows that the command changed or returned; 0 for commands that have no count.
    var affectedRows: Int {
        guard let text = PQcmdTuples(pointer) else { return 0 }
        return Int(strtoll(text, nil, 10))
    }

    /// The command tag, as `COMMIT` or `INSERT 0 1`.
    var commandTag: String {
        PQcmdStatus(pointer).map { String(cString: $0) } ?? ""
    }

    func isNull(row: Int32, column: Int32) -> Bool { PQgetisnull(pointer, row, column) != 0 }
    func length(row: Int32, column: Int32) -> Int { Int(PQgetlength(pointer, row, column)) }
    func typeOID(ofColumn column: Int32) -> UInt32 { PQftype(pointer, column) }
    func name(ofColumn column: Int32) -> String { PQfname(pointer, column).map { String(cString: $0) } ?? "?" }

    func withBytes<R>(row: Int32, column: Int32, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        body(UnsafeRawBufferPointer(start: PQgetvalue(pointer, row, column), count: length(row: row, column: column)))
    }

    /// Whether the first value is a boolean that is true.
    var isAffirmative: Bool {
        guard rowCount > 0, columnCount > 0, typeOID(ofColumn: 0) == PostgresType.bool.oid else { return false }
        return withBytes(row: 0, column: 0) { $0.first == 1 }
    }

    /// The column of that exact name; `PQfnumber` would fold case and allocate.
    func column(named name: String) -> Int32? {
        var wanted = name
        return wanted.withUTF8 { wanted in
            (0..<columnCount).first { column in
                guard let candidate = PQfname(pointer, column), strlen(candidate) == wanted.count else { return false }
                return wanted.baseAddress.map { memcmp(candidate, $0, wanted.count) == 0 } ?? true
            }
        }
    }
}

extension PostgresServerError {
    /// Reads the error fields of a failed result; nil if it did not come from the server.
    init?(result: OpaquePointer) {
        func field(_ code: Character) -> String? {
            guard let ascii = code.asciiValue, let text = PQresultErrorField(result, Int32(ascii)) else { return nil }
            return String(cString: text)
        }
        // The field codes are those of the protocol's ErrorResponse (PG_DIAG_… are macros that Swift can't import).
        guard let sqlState = field("C") else { return nil }
        self.init(
            severity: field("V") ?? field("S") ?? "ERROR", sqlState: sqlState, message: field("M") ?? "",
            detail: field("D"), hint: field("H"), schemaName: field("s"), tableName: field("t"),
            columnName: field("c"), constraintName: field("n"), routine: field("R"))
    }
}
