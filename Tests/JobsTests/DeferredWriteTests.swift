import Crypto
import Foundation
import Postgres
import Redis
import TestSupport
import Testing

@testable import Jobs

private struct ThingNoted: Event {
    static let name = "thing.noted"

    let number: Int
}

@Suite("What a unit of work puts off", .timeLimit(.minutes(10)))
struct DeferredWriteTests {
    /// A queue, and a table `things` of numbers and texts.
    private func open(
        _ body: @escaping @Sendable (JobQueue, PostgresClient) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase { database in
            try await database.makeTable("things", "number int8 PRIMARY KEY, text text NOT NULL")
            let redis = RedisClient(
                configuration: try RedisConfiguration(url: "redis://127.0.0.1:1/0"), logger: quietLogger)
            let queue = JobQueue(
                postgres: database.client, redis: redis, envelopeKey: .init(size: .bits256), logger: quietLogger,
                makeID: makeUUIDv7)
            try await body(queue, database.client)
        }
    }

    private func insertion(_ number: Int, _ text: String) -> PostgresStatement {
        "INSERT INTO things (number, text) VALUES (\(number), \(text))"
    }

    private func change(_ number: Int, to text: String) -> PostgresStatement {
        "UPDATE things SET text = \(text) WHERE number = \(number)"
    }

    private func things(_ client: some PostgresExecutor) async throws -> [String] {
        try await client.queryValues("SELECT number || text FROM things ORDER BY number", as: String.self)
    }

    @Test("It goes out with events and jobs in one statement")
    func together() async throws {
        try await open { queue, client in
            try await client.execute(insertion(1, "old"))
            try await queue.withUnitOfWork { work in
                try await work.deferInsert(insertion(2, "two"))
                try await work.deferUpdate(change(1, to: "new"))
                try await work.deferInsert(insertion(3, "three"))
                try work.publish(ThingNoted(number: 2))
                try work.enqueue(Errand(number: 3))
            }
            #expect(try await things(client) == ["1new", "2two", "3three"])
            let commands = try await client.queryValues(
                """
                SELECT xmin::text || ' ' || cmin::text FROM things UNION SELECT xmin::text || ' ' || cmin::text FROM events
                UNION SELECT xmin::text || ' ' || cmin::text FROM jobs
                """, as: String.self)
            #expect(commands.count == 1)
        }
    }

    @Test("The fence of a job stands before what is asked, and beside what is put off")
    func fence() async throws {
        try await open { queue, client in
            let closed: PostgresStatement = "SELECT finish_job(gen_random_uuid(), 0)"
            let opened: PostgresStatement = "SELECT set_config('tests.fence', 'seen', true)"
            for asksFirst in [true, false] {
                await #expect(throws: JobOwnershipLost.self) {
                    try await queue.run(behind: closed) { work in
                        try await work.deferInsert(insertion(1, "lost"))
                        if asksFirst { _ = try await things(work) }
                        try work.enqueue(Errand(number: 1, unique: asksFirst ? "key" : nil))
                    }
                }
                try await queue.run(behind: opened) { work in
                    if asksFirst { #expect(try await things(work) == []) }
                    try await work.deferInsert(insertion(1, "kept"))
                    let seen = try await work.queryValue("SELECT current_setting('tests.fence')", as: String.self)
                    #expect(seen == "seen")
                    try await work.execute("DELETE FROM things")
                }
            }
            await #expect(throws: JobOwnershipLost.self) { try await queue.run(behind: closed) { _ in } }
            #expect(try await things(client) == [])
            #expect(try await client.queryValue("SELECT count(*) FROM jobs", as: Int.self) == 0)
        }
    }

    @Test("What is asked later in the unit sees it")
    func visible() async throws {
        try await open { queue, _ in
            try await queue.withUnitOfWork { work in
                try await work.deferInsert(insertion(1, "one"))
                #expect(try await things(work) == ["1one"])
                try await work.deferUpdate(change(1, to: "changed"))
                #expect(try await work.execute("DELETE FROM things WHERE text = 'changed'") == 1)
            }
        }
    }

    @Test("Changes of one text follow each other")
    func sameRow() async throws {
        try await open { queue, client in
            try await queue.withUnitOfWork { work in
                try await work.execute(insertion(1, "one"))
                for text in ["two", "three", "four"] { try await work.deferUpdate(change(1, to: text)) }
            }
            #expect(try await things(client) == ["1four"])
        }
    }

    @Test("Statements whose queries have the same names go out one after the other")
    func sameNames() async throws {
        try await open { queue, client in
            try await queue.withUnitOfWork { work in
                for number in 1...3 {
                    try await work.deferInsert(
                        PostgresStatement(
                            with: ["input": "SELECT $1::int8 AS number"],
                            sql: "INSERT INTO things SELECT number, 'x' FROM input", parameters: [number]))
                }
            }
            #expect(try await things(client) == ["1x", "2x", "3x"])
        }
    }

    @Test("More than one statement bears goes out in several, and nothing of it where the unit fails")
    func many() async throws {
        try await open { queue, client in
            try await queue.withUnitOfWork { work in
                for number in 1...40 { try await work.deferInsert(insertion(number, "x")) }
            }
            #expect(try await things(client).count == 40)
            await #expect(throws: PostgresError.self) {
                try await queue.withUnitOfWork { work in
                    for number in 41...80 { try await work.deferInsert(insertion(number, "x")) }
                    try await work.deferInsert(insertion(1, "taken"))
                }
            }
            #expect(try await things(client).count == 40)
        }
    }

    @Test("A job whose key is taken is left out beside it")
    func uniqueKeys() async throws {
        try await open { queue, client in
            for number in 1...2 {
                try await queue.withUnitOfWork { work in
                    try await work.deferInsert(insertion(number, "x"))
                    try work.enqueue(Errand(number: number, unique: "the only"))
                }
            }
            #expect(try await things(client).count == 2)
            #expect(try await client.queryValue("SELECT count(*) FROM jobs", as: Int.self) == 1)
        }
    }
}
