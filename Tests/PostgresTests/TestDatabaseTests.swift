import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct TestDatabaseTests {
    @Test("Many migrated databases at once come from one template, are apart, and are gone afterwards")
    func clones() async throws {
        struct Failure: Error {}
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try await TestDatabase.withDatabase { database in
                        let migrations = try await database.client.queryValue(
                            "select count(*) from schema_migrations", as: Int.self)
                        #expect((migrations ?? 0) > 0)
                        try await database.makeTable("mine", "a int8")
                        return database.name
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(names).count == 6)
        await #expect(throws: Failure.self) { try await TestDatabase.withDatabase { _ in throw Failure() } }
        try await TestServer.configuration().withClient { client in
            let left = try await client.queryValue(
                "select count(*) from pg_database where datname = any(\(names))", as: Int.self)
            #expect(left == 0)
        }
    }
}
