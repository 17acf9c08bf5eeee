package import Foundation
import Logging
import Postgres

/// When a scheduled job is due, in UTC.
package enum CronSchedule: Sendable, Equatable {
    /// Every so many seconds, counted from the epoch.
    case every(seconds: Int)
    case daily(hour: Int, minute: Int)

    private var period: Int {
        switch self {
        case .every(let seconds): max(seconds, 1)
        case .daily: 86_400
        }
    }

    private var offset: Int {
        switch self {
        case .every: 0
        case .daily(let hour, let minute): hour * 3600 + minute * 60
        }
    }

    /// The latest slot that is not after `moment`.
    package func latestSlot(notAfter moment: Date) -> Date {
        let seconds = moment.timeIntervalSince1970.rounded(.down) - TimeInterval(offset)
        let slot = (seconds / TimeInterval(period)).rounded(.down) * TimeInterval(period)
        return Date(timeIntervalSince1970: slot + TimeInterval(offset))
    }

    /// Slots after `last` and not after `moment`, oldest first, at most `limit` of them.
    package func slots(after last: Date, notAfter moment: Date, limit: Int) -> [Date] {
        var slot = latestSlot(notAfter: moment)
        var slots: [Date] = []
        while slot > last, slots.count < limit {
            slots.append(slot)
            slot = slot.addingTimeInterval(TimeInterval(-period))
        }
        return slots.reversed()
    }
}

/// What happens to slots that passed while no worker was running.
package enum CronCatchUp: Sendable {
    /// Only the latest slot is run.
    case latest
    /// Every missed slot is run, up to a hundred.
    case all
}

/// A job on a schedule. Any worker may win a slot; the slot's row makes sure that only one does.
package struct CronJob: Sendable {
    package let name: String
    package let schedule: CronSchedule
    package let catchUp: CronCatchUp
    let enqueue: @Sendable (UnitOfWork) throws -> Void

    package init<Payload: JobPayload>(
        _ name: String, _ schedule: CronSchedule, catchUp: CronCatchUp = .latest, payload: Payload
    ) {
        self.name = name
        self.schedule = schedule
        self.catchUp = catchUp
        enqueue = { work in try work.enqueue(payload) }
    }
}

/// Wins slots and enqueues their jobs.
struct CronScheduler: Sendable {
    private static let catchUpLimit = 100

    let jobs: [CronJob]
    let queue: JobQueue
    let now: @Sendable () -> Date

    func turn() async throws -> Bool {
        for job in jobs {
            for slot in try await dueSlots(of: job) {
                try await run(job, slot)
            }
        }
        return false
    }

    private func dueSlots(of job: CronJob) async throws -> [Date] {
        let latest = job.schedule.latestSlot(notAfter: now())
        let last =
            try await queue.postgres.queryValue(
                "SELECT max(slot) FROM cron_runs WHERE name = \(job.name)", as: Date?.self) ?? nil
        guard let last else { return [latest] }
        switch job.catchUp {
        case .latest: return last < latest ? [latest] : []
        case .all: return job.schedule.slots(after: last, notAfter: now(), limit: Self.catchUpLimit)
        }
    }

    private func run(_ job: CronJob, _ slot: Date) async throws {
        try await queue.withUnitOfWork { work in
            let won = try await work.execute(
                "INSERT INTO cron_runs (name, slot) VALUES (\(job.name), \(slot)) ON CONFLICT DO NOTHING")
            if won == 1 { try job.enqueue(work) }
        }
    }
}
