import Foundation
import Postgres
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(10))) struct RecordingTests {
    private struct Refusal: Error {}

    @Test("A job is pushed right after its transaction has committed")
    func pushAfterCommit() async throws {
        try await Workbench.open { bench in
            try await bench.enqueue([Errand(number: 1), Errand(number: 2)])
            try await expectEventually { try await bench.length(bench.keys.ready) == 2 }
            #expect(try await bench.states() == ["pending", "pending"])
        }
    }

    @Test("A transaction that rolls back leaves no job, neither in PostgreSQL nor in Redis")
    func rollback() async throws {
        try await Workbench.open { bench in
            await #expect(throws: Refusal.self) {
                try await bench.queue.withUnitOfWork { work in
                    try work.enqueue(Errand(number: 1))
                    throw Refusal()
                }
            }
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await bench.states().isEmpty)
            #expect(try await bench.length(bench.keys.ready) == 0)
        }
    }

    @Test("Only the first end of an attempt takes effect, also where nothing is asked before the commit")
    func fence() async throws {
        try await Workbench.open { bench in
            try await bench.enqueue([Errand(number: 1)])
            let id = try #require(try await bench.postgres.queryValue("SELECT id FROM jobs", as: UUID.self))
            let key = DispatchKey(jobID: id, attempt: 0)
            try await bench.queue.run(behind: JobSQL.fence(key)) { try $0.enqueue(Errand(number: 2)) }
            for asks in [false, true] {
                await #expect(throws: JobOwnershipLost.self) {
                    try await bench.queue.run(behind: JobSQL.fence(key)) { work in
                        try work.enqueue(Errand(number: 3))
                        if asks { try await work.execute("SELECT 1") }
                    }
                }
            }
            #expect(try await bench.states() == ["done", "pending"])
        }
    }

    @Test("A scheduled job waits in PostgreSQL and is not pushed")
    func scheduled() async throws {
        try await Workbench.open { bench in
            try await bench.enqueue([Errand(number: 1)], runAt: Date() + 3600)
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await bench.length(bench.keys.ready) == 0)
            let relay = Relay(postgres: bench.postgres, transport: bench.transport)
            #expect(try await relay.turn() == false)
            #expect(try await bench.states() == ["pending"])
        }
    }

    @Test("A unique key is taken once, within a transaction, across transactions and across concurrent ones")
    func uniqueKeys() async throws {
        try await Workbench.open { bench in
            try await bench.enqueue([Errand(number: 1, unique: "a"), Errand(number: 2, unique: "a"), Errand(number: 3)])
            try await bench.enqueue([Errand(number: 4, unique: "a"), Errand(number: 5, unique: "b")])
            try await withThrowingTaskGroup { group in
                for number in 10..<26 {
                    group.addTask { try await bench.enqueue([Errand(number: number, unique: "c")]) }
                }
                try await group.waitForAll()
            }
            #expect(try await bench.states().count == 4)
            let keys = try await bench.postgres.queryValues(
                "SELECT unique_key FROM jobs WHERE unique_key IS NOT NULL ORDER BY 1", as: String.self)
            #expect(keys == ["a", "b", "c"])
        }
    }

    @Test("The relay pushes what nobody has pushed, and pushing twice adds nothing")
    func relay() async throws {
        try await Workbench.open { bench in
            try await bench.recordOnly([Errand(number: 1), Errand(number: 2)])
            let relay = Relay(postgres: bench.postgres, transport: bench.transport)
            #expect(try await relay.turn() == false)
            // Within the grace of the push after commit nothing is due.
            #expect(try await bench.length(bench.keys.ready) == 0)
            try await bench.postgres.execute("UPDATE jobs SET relay_at = now()")
            _ = try await relay.turn()
            #expect(try await bench.length(bench.keys.ready) == 2)
            #expect(try await bench.states() == ["dispatched", "dispatched"])
            // As after a crash between push and mark.
            try await bench.postgres.execute("UPDATE jobs SET state = 'pending'")
            _ = try await relay.turn()
            #expect(try await bench.length(bench.keys.ready) == 2)
            #expect(try await bench.states() == ["dispatched", "dispatched"])
        }
    }

    @Test("Two relays share the work without waiting for each other")
    func twoRelays() async throws {
        try await Workbench.open { bench in
            try await bench.recordOnly((0..<1200).map { Errand(number: $0) })
            try await bench.postgres.execute("UPDATE jobs SET relay_at = now()")
            let relay = Relay(postgres: bench.postgres, transport: bench.transport)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 { group.addTask { while try await relay.turn() {} } }
                try await group.waitForAll()
            }
            try await expectEventually { try await bench.count(.dispatched) == 1200 }
            #expect(try await bench.length(bench.keys.ready) == 1200)
        }
    }

    @Test("Jobs inherit the trace of what caused them")
    func traces() async throws {
        try await Workbench.open { bench in
            try await JobTrace.$current.withValue("00-11-22-01") { try await bench.enqueue([Errand(number: 1)]) }
            #expect(try await bench.postgres.queryValue("SELECT trace FROM jobs", as: String.self) == "00-11-22-01")
        }
    }
}
