import Foundation
import Postgres
import TestSupport
import Testing

private enum Colour: String, PostgresCodable { case red, green }

private struct Everything: PostgresRowDecodable, Equatable {
    var number: Int
    var label: String?
    var colour: Colour

    init(row: borrowing PostgresRow) throws(PostgresError) {
        number = try row.decode("number")
        label = try row.decode("label")
        colour = try row.decode("Colour")
    }
}

@Suite struct ValueTests {
    /// Sends values through the server and back, one by one and as an array.
    private func roundTrip<V: PostgresCodable & Equatable>(
        _ client: PostgresClient, _ type: String, _ values: [V], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for value in values {
            let sql = "select $1::\(type)"
            let back = try await client.queryValue(PostgresStatement(sql: sql, parameters: [value]), as: V.self)
            #expect(back == value, sourceLocation: sourceLocation)
        }
        let optionals = values.map(Optional.some) + [nil]
        let array = PostgresStatement(sql: "select $1::\(type)[]", parameters: [optionals])
        #expect(try await client.queryValue(array, as: [V?].self) == optionals, sourceLocation: sourceLocation)
        let unnested = PostgresStatement(sql: "select * from unnest($1::\(type)[])", parameters: [values])
        #expect(try await client.queryValues(unnested, as: V.self) == values, sourceLocation: sourceLocation)
        let empty = PostgresStatement(sql: "select $1::\(type)[]", parameters: [[V]()])
        #expect(try await client.queryValue(empty, as: [V].self) == [], sourceLocation: sourceLocation)
        let null = PostgresStatement(sql: "select $1::\(type)", parameters: [V?.none])
        #expect(try await client.queryValue(null, as: V?.self) == .some(nil), sourceLocation: sourceLocation)
    }

    @Test("Every type comes back as it was sent, alone, in arrays and as NULL")
    func roundTrips() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let client = database.client
            try await roundTrip(client, "bool", [true, false])
            try await roundTrip(client, "int2", [Int16.min, -1, 0, 1, .max])
            try await roundTrip(client, "int4", [Int32.min, -1, 0, 1, .max])
            try await roundTrip(client, "int8", [Int64.min, -1, 0, 1, .max])
            try await roundTrip(client, "int8", [Int.min, -1, 0, 1, .max])
            try await roundTrip(
                client, "float8", [-Double.greatestFiniteMagnitude, -0.0, 0.1, .leastNonzeroMagnitude, .infinity])
            try await roundTrip(
                client, "text",
                ["", "a", "Tk 1,000 টাকা 🧺 \u{1F468}\u{200D}\u{1F469}", "'; drop table t; --", "\r\n\t\\"])
            try await roundTrip(client, "bytea", [[], [0], [0, 1, 0, 255], Array(0...255)] as [[UInt8]])
            try await roundTrip(client, "bytea", [Data(), Data([0, 0, 7])])
            try await roundTrip(client, "uuid", [UUID(), UUID(uuidString: "00000000-0000-0000-0000-000000000000")!])
            try await roundTrip(
                client, "jsonb", [PostgresJSON("{\"a\": [1, 2.5, null, \"ü\"]}"), PostgresJSON("null")])
            try await roundTrip(client, "text", [Colour.red, .green])
        }
    }

    @Test("NaN is a double too")
    func notANumber() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database async throws in
            #expect(try await database.client.queryValue("select \(Double.nan)", as: Double.self)?.isNaN == true)
        }
    }

    @Test("Times keep their microseconds, and the extremes of dates survive")
    func times() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let client = database.client
            let dates = [
                Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: -1.25),
                Date(timeIntervalSince1970: 1_795_000_000.5),
                .distantPast, .distantFuture, Date(timeIntervalSinceReferenceDate: .infinity),
                Date(timeIntervalSinceReferenceDate: -.infinity),
            ]
            try await roundTrip(client, "timestamptz", dates)
            let precise = try await client.queryValue(
                "select '2026-11-20 22:33:44.123456+00'::timestamptz", as: Date.self)!
            let text = try await client.queryValue(
                "select to_char(\(precise), 'YYYY-MM-DD HH24:MI:SS.US')", as: String.self)
            #expect(text == "2026-11-20 22:33:44.123456")
            let latest = try await client.queryValue("select '294276-12-31 23:59:59+00'::timestamptz", as: Date.self)!
            #expect(try await client.queryValue("select \(latest) = '294276-12-31 23:59:59+00'", as: Bool.self) == true)
            let earliest = try await client.queryValue(
                "select '4713-01-01 00:00:00+00 BC'::timestamptz", as: Date.self)!
            #expect(
                try await client.queryValue("select \(earliest) = '4713-01-01 00:00:00+00 BC'", as: Bool.self) == true)
            #expect(
                try await client.queryValue("select date '2026-11-20'", as: Date.self)
                    == Date(timeIntervalSince1970: 1_795_132_800))
            let beyond = await #expect(throws: PostgresError.self) {
                try await client.queryValue("select \(Date(timeIntervalSince1970: 1e18))", as: Date.self)
            }
            #expect(beyond?.sqlState == "22008")
        }
    }

    @Test("Huge values pass in both directions")
    func hugeValues() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let bytes = [UInt8](repeating: 0xAB, count: 24 << 20)
            let back = try await database.client.queryValue("select \(bytes)", as: [UInt8].self)
            #expect(back == bytes)
            let many = (0..<200_000).map { Int64($0) }
            #expect(
                try await database.client.queryValue("select sum(x)::int8 from unnest(\(many)) x", as: Int.self)
                    == 19_999_900_000)
        }
    }

    @Test("Rows decode by column name into structs, and by position into tuples")
    func rows() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let client = database.client
            let statement: PostgresStatement = """
                select * from (values (1, 'one', 'red'), (2, null, 'green')) as t (number, label, "Colour") order by number
                """
            let rows = try await client.query(statement, as: Everything.self)
            #expect(rows.map(\.number) == [1, 2])
            #expect(rows.map(\.label) == ["one", nil])
            #expect(rows.map(\.colour) == [.red, .green])
            let tuples = try await client.query(statement, columns: (Int, String?, Colour).self)
            #expect(tuples.count == 2)
            #expect(tuples[1] == (2, nil, .green))
            #expect(try await client.queryOne("select 1 where false", columns: (Int, Int).self) == nil)
        }
    }

    @Test(
        "A row that is not what was asked for is an error that names the column",
        arguments: [
            ("select null::int8 as total", "column \"total\": it is NULL, but Int was asked for"),
            ("select 'x' as total", "column \"total\": it is text, which can't be read as Int"),
            ("select 1.5 as total", "column \"total\": it is numeric, which can't be read as Int"),
            ("select 1 as other", "no column \"total\" in the result"),
        ])
    func wrongRows(sql: String, message: String) async throws {
        struct Total: PostgresRowDecodable {
            var total: Int
            init(row: borrowing PostgresRow) throws(PostgresError) { total = try row.decode("total") }
        }
        try await TestDatabase.withDatabase(migrated: false) { database in
            await #expect(throws: PostgresError.decoding(message)) {
                try await database.client.query(PostgresStatement(sql: sql), as: Total.self)
            }
        }
    }

    @Test("A number too large and an unknown label are refused, not cut")
    func outOfRange() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            await #expect(throws: PostgresError.decoding("column \"int8\": 40000 does not fit into Int16")) {
                try await database.client.queryValue("select 40000::int8", as: Int16.self)
            }
            await #expect(throws: PostgresError.decoding("column \"text\": blue is not a value of Colour")) {
                try await database.client.queryValue("select 'blue'::text", as: Colour.self)
            }
            await #expect(
                throws: PostgresError.decoding(
                    "column \"array\": it is an array of 2 dimensions, only one is supported")
            ) {
                try await database.client.queryValue("select array[[1, 2], [3, 4]]", as: [Int].self)
            }
        }
    }

    @Test("Interpolated values are bound, never spliced")
    func interpolationBinds() {
        let name = "'; drop table t; --"
        let statement: PostgresStatement = "select \(name), \(1) from \(unescaped: "t")"
        #expect(statement.sql == "select $1, $2 from t")
    }

    @Test("Text with NUL and malformed JSON are refused by the server, and nothing else suffers")
    func badText() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database async throws in
            let client = database.client
            let nul = await #expect(throws: PostgresError.self) { try await client.execute("select \("a\0b")") }
            #expect(nul?.sqlState == "22021")
            let json = await #expect(throws: PostgresError.self) {
                try await client.execute("select \(PostgresJSON("{"))")
            }
            #expect(json?.sqlState == "22P02")
            #expect(try await client.queryValue("select 1", as: Int.self) == 1)
        }
    }

    @Test("More parameters than the protocol can carry are refused before they are sent")
    func tooManyParameters() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database async throws in
            let statement = PostgresStatement(sql: "select 1", parameters: Array(repeating: 1, count: 65_536))
            await #expect(throws: PostgresError.configuration("a statement can have 65535 parameters at most")) {
                try await database.client.execute(statement)
            }
            #expect(try await database.client.queryValue("select 1", as: Int.self) == 1)
        }
    }
}
