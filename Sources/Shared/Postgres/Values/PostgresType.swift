/// A PostgreSQL type by its OID and that of its array type (`pg_type.dat` of the server's source; fixed for built-in types).
package struct PostgresType: Sendable, Hashable {
    package var oid: UInt32
    package var arrayOID: UInt32

    package init(oid: UInt32, arrayOID: UInt32) {
        self.oid = oid
        self.arrayOID = arrayOID
    }

    package static let bool = PostgresType(oid: 16, arrayOID: 1000)
    package static let bytea = PostgresType(oid: 17, arrayOID: 1001)
    package static let int2 = PostgresType(oid: 21, arrayOID: 1005)
    package static let int4 = PostgresType(oid: 23, arrayOID: 1007)
    package static let int8 = PostgresType(oid: 20, arrayOID: 1016)
    package static let float4 = PostgresType(oid: 700, arrayOID: 1021)
    package static let float8 = PostgresType(oid: 701, arrayOID: 1022)
    package static let numeric = PostgresType(oid: 1700, arrayOID: 1231)
    package static let text = PostgresType(oid: 25, arrayOID: 1009)
    package static let varchar = PostgresType(oid: 1043, arrayOID: 1015)
    package static let bpchar = PostgresType(oid: 1042, arrayOID: 1014)
    package static let name = PostgresType(oid: 19, arrayOID: 1003)
    package static let char = PostgresType(oid: 18, arrayOID: 1002)
    package static let unknown = PostgresType(oid: 705, arrayOID: 0)
    package static let uuid = PostgresType(oid: 2950, arrayOID: 2951)
    package static let date = PostgresType(oid: 1082, arrayOID: 1182)
    package static let timestamp = PostgresType(oid: 1114, arrayOID: 1115)
    package static let timestamptz = PostgresType(oid: 1184, arrayOID: 1185)
    package static let json = PostgresType(oid: 114, arrayOID: 199)
    package static let jsonb = PostgresType(oid: 3802, arrayOID: 3807)

    /// OIDs from here on belong to types that the database's own schema defines (enums, extensions).
    static let firstUserDefined: UInt32 = 16384

    static let named: [(type: PostgresType, name: String)] = [
        (.bool, "bool"), (.bytea, "bytea"), (.int2, "int2"), (.int4, "int4"), (.int8, "int8"), (.float4, "float4"),
        (.float8, "float8"), (.numeric, "numeric"), (.text, "text"), (.varchar, "varchar"), (.bpchar, "bpchar"),
        (.name, "name"), (.char, "char"), (.unknown, "unknown"), (.uuid, "uuid"), (.date, "date"),
        (.timestamp, "timestamp"), (.timestamptz, "timestamptz"), (.json, "json"), (.jsonb, "jsonb"),
    ]

    /// The type's SQL name where it is one of the above, else its OID.
    static func describe(_ oid: UInt32) -> String {
        for (type, name) in named {
            if type.oid == oid { return name }
            if type.arrayOID == oid { return "\(name)[]" }
        }
        return "type \(oid)"
    }
}
