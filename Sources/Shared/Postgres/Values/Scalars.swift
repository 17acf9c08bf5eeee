extension Bool: PostgresCodable {
    package static var postgresType: PostgresType { .bool }

    package func encode(into writer: inout PostgresBinaryWriter) {
        writer.write(integer: UInt8(self ? 1 : 0))
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        try value.require(.bool, as: Bool.self)
        self = try value.integer(as: UInt8.self) != 0
    }
}

extension Int16: PostgresCodable {
    package static var postgresType: PostgresType { .int2 }

    package func encode(into writer: inout PostgresBinaryWriter) {
        writer.write(integer: self)
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        self = try value.anyInteger(Self.self)
    }
}

extension Int32: PostgresCodable {
    package static var postgresType: PostgresType { .int4 }

    package func encode(into writer: inout PostgresBinaryWriter) {
        writer.write(integer: self)
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        self = try value.anyInteger(Self.self)
    }
}

extension Int64: PostgresCodable {
    package static var postgresType: PostgresType { .int8 }

    package func encode(into writer: inout PostgresBinaryWriter) {
        writer.write(integer: self)
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        self = try value.anyInteger(Self.self)
    }
}

extension Int: PostgresCodable {
    package static var postgresType: PostgresType { .int8 }

    package func encode(into writer: inout PostgresBinaryWriter) {
        writer.write(integer: Int64(self))
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        self = try value.anyInteger(Self.self)
    }
}

extension Double: PostgresCodable {
    package static var postgresType: PostgresType { .float8 }

    package func encode(into writer: inout PostgresBinaryWriter) {
        writer.write(integer: bitPattern)
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        switch value.typeOID {
        case PostgresType.float8.oid: self.init(bitPattern: try value.integer(as: UInt64.self))
        case PostgresType.float4.oid: self.init(Float(bitPattern: try value.integer(as: UInt32.self)))
        default: throw value.mismatch(Double.self)
        }
    }
}

extension String: PostgresCodable {
    package static var postgresType: PostgresType { .text }

    package func encode(into writer: inout PostgresBinaryWriter) {
        writer.write(text: self)
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        switch value.typeOID {
        case PostgresType.text.oid, PostgresType.varchar.oid, PostgresType.bpchar.oid, PostgresType.name.oid,
            PostgresType.char.oid, PostgresType.unknown.oid, PostgresType.json.oid,
            // An enum's binary form is its label; the server has no other user-defined type that we select as text.
            PostgresType.firstUserDefined...:
            self = try value.withBytes(String.self) { String(decoding: $0, as: UTF8.self) }
        default: throw value.mismatch(String.self)
        }
    }
}

extension PostgresValue {
    /// Any of the server's integer types, if the number fits.
    func anyInteger<I: FixedWidthInteger>(_ wanted: I.Type) throws(PostgresError) -> I {
        guard !isNull else { throw mismatch(I.self) }
        let wide: Int64
        switch typeOID {
        case PostgresType.int8.oid: wide = try integer(as: Int64.self)
        case PostgresType.int4.oid: wide = Int64(try integer(as: Int32.self))
        case PostgresType.int2.oid: wide = Int64(try integer(as: Int16.self))
        default: throw mismatch(I.self)
        }
        guard let narrow = I(exactly: wide) else { throw failure("\(wide) does not fit into \(I.self)") }
        return narrow
    }
}
