import Foundation
import Postgres
import TestSupport
import Testing

private enum Colour: String, PostgresCodable { case red, green }

private struct Thing: PostgresRowDecodable {
    var id: Int
    var colour: Colour?

    init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        colour = try row.decode("colour")
    }
}

@Suite struct SmokeTests {
    @Test("Statements, transactions, scripts and migrations run end to end")
    func basics() async throws {
        try await TestDatabase.withDatabase { database in
            let client = database.client
            #expect(try await client.queryValue("select \(1) + \(2)", as: Int.self) == 3)
            try await client.withConnection { session in
                try await session.runScript(
                    "create table t (id bigint primary key, colour text); insert into t values (1, 'red')")
            }
            let rows = try await client.query("select id, colour from t where id = \(1)", columns: (Int, Colour?).self)
            #expect(rows.count == 1)
            #expect(rows[0].0 == 1 && rows[0].1 == .red)
            #expect(try await client.queryValues("select colour from t", as: Colour.self) == [.red])
            try await client.withTransaction { transaction in
                try await transaction.execute("update t set colour = \(Colour.green) where id = \(1)")
            }
            let things = try await client.query("select * from t", as: Thing.self)
            #expect(things.map(\.colour) == [.green])
            let ids = [UUID(), UUID()]
            let unnested = try await client.query(
                PostgresStatement(
                    sql: "select * from unnest($1::uuid[], $2::text[])", parameters: [ids, ["a", nil] as [String?]]),
                columns: (UUID, String?).self)
            #expect(unnested.map(\.0) == ids)
        }
    }
}
