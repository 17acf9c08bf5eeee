import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Rows that are copied into a table")
struct CopyTests {
    private func withTable(
        _ columns: String, _ body: @Sendable (PostgresSession) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            try await database.client.withConnection { session async throws in
                try await session.execute("CREATE TABLE shelf (\(unescaped: columns))")
                try await body(session)
            }
        }
    }

    @Test("Values of all kinds arrive as they are, and so does what is missing")
    func values() async throws {
        try await withTable("id uuid, name text, units int4, price int8, at timestamptz, tags text[], raw bytea") {
            session async throws in
            let (id, time) = (UUID(), Date(timeIntervalSince1970: 1_700_000_000.25))
            var rows = PostgresCopyRows(columns: ["id", "name", "units", "price", "at", "tags", "raw"])
            rows.append(id, "শাড়ি, \"quoted\"\n\\.", Int32(-7), Int64.max, time, ["a", "b,c"], [UInt8(0), 255])
            rows.append(UUID?.none, String?.none, Int32?.none, Int64?.none, Date?.none, [String](), [UInt8]())
            #expect(try await session.copy(rows, into: "shelf") == 2)
            let read = try await session.query(
                "SELECT * FROM shelf ORDER BY id",
                columns: (UUID?, String?, Int32?, Int64?, Date?, [String], [UInt8]).self)
            #expect(read.count == 2)
            #expect(read.first?.0 == id && read.first?.1 == "শাড়ি, \"quoted\"\n\\." && read.first?.2 == -7)
            #expect(read.first?.3 == .max && read.first?.4 == time && read.first?.5 == ["a", "b,c"])
            #expect(read.first?.6 == [0, 255] && read.last?.0 == nil && read.last?.1 == nil && read.last?.5 == [])
        }
    }

    @Test("A row that is refused takes all others with it, and the session goes on")
    func refusal() async throws {
        try await withTable("number int8 PRIMARY KEY") { session async throws in
            var rows = PostgresCopyRows(columns: ["number"])
            for number in [1, 2, 1] { rows.append(Int64(number)) }
            let error = await #expect(throws: PostgresError.self) { try await session.copy(rows, into: "shelf") }
            #expect(error?.isUniqueViolation == true)
            rows.removeAll()
            rows.append(Int64(5))
            #expect(try await session.copy(rows, into: "shelf") == 1)
            #expect(try await session.queryValues("SELECT number FROM shelf", as: Int64.self) == [5])
        }
    }

    @Test("Too few values, and values of another type, are refused")
    func mismatch() async throws {
        try await withTable("number int8, name text") { session async throws in
            var short = PostgresCopyRows(columns: ["number", "name"])
            short.append(Int64(1))
            await #expect(throws: PostgresError.self) { try await session.copy(short, into: "shelf") }
            var narrow = PostgresCopyRows(columns: ["number"])
            narrow.append(Int32(1))
            await #expect(throws: PostgresError.self) { try await session.copy(narrow, into: "shelf") }
            #expect(try await session.queryValue("SELECT count(*) FROM shelf", as: Int64.self) == 0)
        }
    }

    @Test("What is copied in a transaction goes when that is rolled back")
    func rollback() async throws {
        try await withTable("number int8") { session async throws in
            var rows = PostgresCopyRows(columns: ["number"])
            rows.append(Int64(1))
            try await session.execute("BEGIN")
            try await session.copy(rows, into: "shelf")
            #expect(try await session.queryValue("SELECT count(*) FROM shelf", as: Int64.self) == 1)
            try await session.execute("ROLLBACK")
            #expect(try await session.queryValue("SELECT count(*) FROM shelf", as: Int64.self) == 0)
        }
    }

    @Test("More than any buffer holds gets there, and more than the limit is not sent")
    func sizes() async throws {
        try await withTable("text text") { session async throws in
            let text = String(repeating: "x", count: 1 << 20)
            var rows = PostgresCopyRows(columns: ["text"])
            for _ in 0..<24 { rows.append(text) }
            #expect(try await session.copy(rows, into: "shelf") == 24)
            #expect(try await session.queryValue("SELECT sum(length(text)) FROM shelf", as: Int64.self) == 24 << 20)
            while rows.byteCount <= PostgresCopyRows.byteLimit { rows.append(text) }
            await #expect(throws: PostgresError.self) { try await session.copy(rows, into: "shelf") }
            #expect(try await session.queryValue("SELECT count(*) FROM shelf", as: Int64.self) == 24)
        }
    }

    @Test("A script that would copy has nothing to copy")
    func script() async throws {
        try await withTable("number int8") { session async throws in
            await #expect(throws: PostgresError.self) { try await session.runScript("COPY shelf FROM STDIN") }
            #expect(try await session.queryValue("SELECT count(*) FROM shelf", as: Int64.self) == 0)
        }
    }
}
