/// A value that can be bound to a statement's parameter, in PostgreSQL's binary format.
package protocol PostgresEncodable: Sendable {
    /// The parameter's type, sent with the statement.
    static var postgresType: PostgresType { get }

    /// Writes the value's binary form, or `writeNull()`.
    func encode(into writer: inout PostgresBinaryWriter)
}

/// A value that can be read from a column.
package protocol PostgresDecodable: Sendable {
    /// - Throws: `.decoding` naming the column if the value is NULL, of another type, or out of range.
    init(postgres value: PostgresValue) throws(PostgresError)
}

/// How values of a type travel in an array parameter or column. Types that are both encodable and decodable get it for free.
package protocol PostgresArrayElement: Sendable {
    static var postgresArrayType: PostgresType { get }
    static func encodeArray(_ elements: [Self], into writer: inout PostgresBinaryWriter)
    static func decodeArray(_ value: PostgresValue) throws(PostgresError) -> [Self]
}

/// A type that goes both ways, alone or in arrays.
package typealias PostgresCodable = PostgresEncodable & PostgresDecodable & PostgresArrayElement

extension PostgresArrayElement where Self: PostgresEncodable {
    package static var postgresArrayType: PostgresType {
        PostgresType(oid: Self.postgresType.arrayOID, arrayOID: 0)
    }

    @_specialize(where Self == String)
    @_specialize(where Self == Int)
    @_specialize(where Self == [UInt8])
    package static func encodeArray(_ elements: [Self], into writer: inout PostgresBinaryWriter) {
        writer.writeArray(of: Self.postgresType.oid, elements) { element, writer in element.encode(into: &writer) }
    }
}

extension PostgresArrayElement where Self: PostgresDecodable {
    package static func decodeArray(_ value: PostgresValue) throws(PostgresError) -> [Self] {
        var reader = try PostgresArrayReader(value)
        var elements: [Self] = []
        elements.reserveCapacity(reader.count)
        while let element = try reader.next() { elements.append(try Self(postgres: element)) }
        return elements
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    package static var postgresType: PostgresType { RawValue.postgresType }

    package func encode(into writer: inout PostgresBinaryWriter) {
        rawValue.encode(into: &writer)
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    package init(postgres value: PostgresValue) throws(PostgresError) {
        let raw = try RawValue(postgres: value)
        guard let known = Self(rawValue: raw) else {
            throw value.failure("\(raw) is not a value of \(Self.self)")
        }
        self = known
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }

    package func encode(into writer: inout PostgresBinaryWriter) {
        if let self { self.encode(into: &writer) } else { writer.writeNull() }
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package init(postgres value: PostgresValue) throws(PostgresError) {
        self = value.isNull ? nil : .some(try Wrapped(postgres: value))
    }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresEncodable & PostgresDecodable {}
