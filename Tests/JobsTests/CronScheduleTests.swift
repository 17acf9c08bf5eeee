import Foundation
import Postgres
import Testing

@testable import Jobs

@Suite struct CronScheduleTests {
    private static let noon = Date(
        timeIntervalSince1970: 1_800_000_000 - 1_800_000_000.truncatingRemainder(dividingBy: 86_400) + 43_200)

    @Test("The slot of an interval is the last multiple of it")
    func intervals() {
        let schedule = CronSchedule.every(seconds: 600)
        #expect(schedule.latestSlot(notAfter: Self.noon) == Self.noon)
        #expect(schedule.latestSlot(notAfter: Self.noon + 599.9) == Self.noon)
        #expect(schedule.latestSlot(notAfter: Self.noon + 600) == Self.noon + 600)
        #expect(schedule.latestSlot(notAfter: Self.noon - 0.5) == Self.noon - 600)
    }

    @Test("A daily slot that is still to come today was yesterday's")
    func daily() {
        let schedule = CronSchedule.daily(hour: 13, minute: 30)
        #expect(schedule.latestSlot(notAfter: Self.noon) == Self.noon + 5400 - 86_400)
        #expect(schedule.latestSlot(notAfter: Self.noon + 5400) == Self.noon + 5400)
    }

    @Test("Missed slots come oldest first, and only the latest of too many")
    func missed() {
        let schedule = CronSchedule.every(seconds: 60)
        let slots = schedule.slots(after: Self.noon, notAfter: Self.noon + 200, limit: 100)
        #expect(slots == [60, 120, 180].map { Self.noon + $0 })
        let bounded = schedule.slots(after: Self.noon, notAfter: Self.noon + 86_400, limit: 3)
        #expect(bounded == [-120, -60, 0].map { Self.noon + 86_400 + $0 })
        #expect(schedule.slots(after: Self.noon, notAfter: Self.noon + 59, limit: 100).isEmpty)
    }

    @Test("A clock beyond all reason stops nobody", arguments: [1e30, -1e30, 1e300, .infinity, .nan])
    func unreasonable(seconds: Double) {
        let moment = Date(timeIntervalSince1970: seconds)
        for schedule in [CronSchedule.every(seconds: 600), .daily(hour: 23, minute: 59)] {
            _ = schedule.latestSlot(notAfter: moment)
            #expect(schedule.slots(after: Self.noon, notAfter: moment, limit: 3).count <= 3)
        }
    }

    @Test("Of several workers one wins each slot", .timeLimit(.minutes(10)))
    func oneWinner() async throws {
        try await Workbench.open { bench in
            let job = CronJob("tests", .every(seconds: 3600), payload: Errand(number: 1))
            let schedulers = (0..<8).map { _ in CronScheduler(jobs: [job], queue: bench.queue, now: { Self.noon }) }
            try await withThrowingTaskGroup { group in
                for scheduler in schedulers { group.addTask { _ = try await scheduler.turn() } }
                try await group.waitForAll()
            }
            #expect(try await bench.states() == ["pending"])
            _ = try await CronScheduler(jobs: [job], queue: bench.queue, now: { Self.noon + 3600 }).turn()
            #expect(try await bench.states().count == 2)
        }
    }

    @Test("Slots that passed while nobody ran are made up for as the policy says", .timeLimit(.minutes(10)))
    func catchUp() async throws {
        try await Workbench.open { bench in
            let latest = CronJob("latest", .every(seconds: 3600), payload: Errand(number: 1))
            let all = CronJob("all", .every(seconds: 3600), catchUp: .all, payload: Errand(number: 2))
            _ = try await CronScheduler(jobs: [latest, all], queue: bench.queue, now: { Self.noon }).turn()
            _ = try await CronScheduler(jobs: [latest, all], queue: bench.queue, now: { Self.noon + 5 * 3600 }).turn()
            let numbers = try await bench.postgres.queryValues(
                "SELECT (payload->>'number')::int8 FROM jobs", as: Int.self)
            #expect(numbers.filter { $0 == 1 }.count == 2)
            #expect(numbers.filter { $0 == 2 }.count == 6)
        }
    }
}
