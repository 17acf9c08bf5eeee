import Crypto
import Foundation
import Logging
import NIOConcurrencyHelpers
import Postgres
import Redis
import TestSupport
import Testing

@testable import Jobs

private struct ErrandPromised: Event {
    static let name = "errand.promised"

    let number: Int
    let deadline: Date
}

private struct ErrandsDone: Event {
    static let name = "errands.done"
    static let version = 2

    let numbers: [Int]
}

private struct Regret: Error {}

@Suite("Events", .timeLimit(.minutes(10)))
struct EventTests {
    /// A queue whose events cause errands; nothing runs them.
    private func open(
        _ subscriptions: Subscriptions = Subscriptions(),
        _ body: @escaping @Sendable (JobQueue, PostgresClient) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase { database in
            let redis = RedisClient(
                configuration: try RedisConfiguration(url: "redis://127.0.0.1:1/0"), logger: quietLogger)
            let queue = JobQueue(
                postgres: database.client, redis: redis, envelopeKey: .init(size: .bits256),
                subscriptions: subscriptions, logger: quietLogger, makeID: Self.orderedIDs())
            try await body(queue, database.client)
        }
    }

    /// As the product's generator does, each greater than the one before.
    private static func orderedIDs() -> @Sendable () -> UUID {
        let last = NIOLockedValueBox(UInt8(0))
        let time = makeUUIDv7().uuid
        return {
            let number = last.withLockedValue { last in
                last &+= 1
                return last
            }
            return UUID(
                uuid: (
                    time.0, time.1, time.2, time.3, time.4, time.5, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, number
                ))
        }
    }

    private func number(_ client: PostgresClient) async throws {
        while try await EventNumbering(postgres: client).turn() {}
    }

    private func feed(_ client: PostgresClient, after position: Int64 = 0) async throws -> [RecordedEvent] {
        try await EventFeed().events(after: position, limit: 10_000, in: client)
    }

    @Test("An event is recorded with the jobs of all its subscribers, and with the trace of its cause")
    func consequences() async throws {
        var subscriptions = Subscriptions()
        subscriptions.on(ErrandPromised.self, runAt: \.deadline) { Errand(number: $0.number) }
        subscriptions.on(ErrandPromised.self) { $0.number > 1 ? Errand(number: -$0.number) : nil }
        subscriptions.onEach(ErrandsDone.self) { $0.numbers.map { Errand(number: $0) } }
        try await open(subscriptions) { queue, client in
            let deadline = Date(timeIntervalSince1970: 4_000_000_000)
            try await JobTrace.$current.withValue("00-trace") {
                try await queue.withUnitOfWork { work in
                    try work.publish(ErrandPromised(number: 1, deadline: deadline))
                    try work.publish(ErrandPromised(number: 2, deadline: deadline))
                    try work.publish(ErrandsDone(numbers: [7, 8]))
                    try work.enqueue(Errand(number: 9))
                }
            }
            let jobs = try await client.queryValues(
                "SELECT (payload->>'number') || ' ' || (run_at > now()) || ' ' || trace FROM jobs ORDER BY id",
                as: String.self)
            #expect(
                jobs == [
                    "1 true 00-trace", "2 true 00-trace", "-2 false 00-trace", "7 false 00-trace",
                    "8 false 00-trace", "9 false 00-trace",
                ])
            #expect(try await feed(client).isEmpty)
            try await number(client)
            let events = try await feed(client)
            #expect(events.map(\.name) == ["errand.promised", "errand.promised", "errands.done"])
            #expect(events.map(\.position) == [1, 2, 3])
            #expect(events.last?.version == 2 && events.last?.payload == #"{"numbers": [7, 8]}"#)
            #expect(events.allSatisfy { $0.trace == "00-trace" })
            #expect(try await feed(client, after: 2).map(\.position) == [3])
        }
    }

    @Test("An event of a transaction that is rolled back was never there")
    func rolledBack() async throws {
        try await open { queue, client in
            await #expect(throws: Regret.self) {
                try await queue.withUnitOfWork { work in
                    try work.publish(ErrandsDone(numbers: []))
                    throw Regret()
                }
            }
            let count = try await client.queryValue("SELECT count(*) FROM events", as: Int.self)
            #expect(count == 0)
        }
    }

    @Test("What commits late gets a late position, so that whoever goes on after the last one misses nothing")
    func lateCommit() async throws {
        try await open { queue, client in
            try await queue.withUnitOfWork { late in
                try late.publish(ErrandsDone(numbers: [1]))
                // Its id is older than that of the next one, which commits first.
                try await late.execute("SELECT 1")
                try await queue.withUnitOfWork { try $0.publish(ErrandsDone(numbers: [2])) }
                try await number(client)
                #expect(try await feed(client).map(\.payload) == [#"{"numbers": [2]}"#])
            }
            try await number(client)
            #expect(try await feed(client, after: 1).map(\.payload) == [#"{"numbers": [1]}"#])
        }
    }

    @Test("Many who number at once, beside many who publish, give each event one position and leave none out")
    func concurrentNumbering() async throws {
        try await open { queue, client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        for index in 0..<50 {
                            try await queue.withUnitOfWork { try $0.publish(ErrandsDone(numbers: [writer, index])) }
                        }
                    }
                    group.addTask {
                        for _ in 0..<30 { _ = try await EventNumbering(postgres: client).turn() }
                    }
                }
                try await group.waitForAll()
            }
            try await number(client)
            let events = try await feed(client)
            #expect(events.map(\.position) == Array(1...200))
            #expect(Set(events.map(\.payload)).count == 200)
        }
    }

    @Test("A worker numbers events by itself, more than one batch of them")
    func byWorker() async throws {
        try await Workbench.open { bench in
            let count = EventNumbering.batch + 5
            try await bench.queue.withUnitOfWork { work in
                for index in 0..<count { try work.publish(ErrandsDone(numbers: [index])) }
            }
            try await bench.withWorkers(registry: JobRegistry()) {
                try await expectEventually { try await feed(bench.postgres).count == count }
            }
        }
    }
}
