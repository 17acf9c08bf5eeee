/// A JSON document as its bytes; `jsonb` as a parameter, `jsonb` or `json` as a column.
///
/// Nothing is parsed here: the server refuses malformed JSON (SQLSTATE 22P02) and U+0000 (22P05).
package struct PostgresJSON: PostgresCodable, Hashable {
    /// The document's UTF-8 text.
    package var bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The document as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package static var postgresType: PostgresType { .jsonb }

    /// The version byte that precedes the text (`jsonb_send`).
    private static let version: UInt8 = 1

    package func encode(into writer: inout PostgresBinaryWriter) {
        writer.write(integer: Self.version)
        writer.write(bytes: bytes)
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        switch value.typeOID {
        case PostgresType.jsonb.oid:
            guard try value.integer(as: UInt8.self) == Self.version else {
                throw value.failure("unknown jsonb version")
            }
            bytes = try value.withBytes(PostgresJSON.self) { Array($0.dropFirst()) }
        case PostgresType.json.oid:
            bytes = try value.withBytes(PostgresJSON.self) { Array($0) }
        default: throw value.mismatch(PostgresJSON.self)
        }
    }
}
