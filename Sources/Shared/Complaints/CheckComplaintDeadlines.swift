package import Core
import Foundation
package import Jobs
import Postgres

/// Tells of what has to be done about complaints soon, and of what was not done in time.
package struct CheckComplaintDeadlines: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "complaints.check_deadlines"
        package static let queue = QueueName.maintenance

        package init() {}
    }

    private static let batch = 200
    /// In one run; what is left waits for the next one.
    private static let mostBatches = 100

    private let store = ComplaintStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// Each batch is a transaction of its own; what an interruption has left is done by the next run.
    package func run(in claim: some Claim) async throws {
        try await claim.hold()
        for missed in [true, false] {
            for _ in 0..<Self.mostBatches {
                let told = try await claim.withUnitOfWork { try await tell(missed: missed, in: $0) }
                if told < Self.batch { break }
            }
        }
        try await claim.finish { _ in }
    }

    /// - Returns: how many were told of.
    func tell(missed: Bool, in work: UnitOfWork) async throws -> Int {
        let now = clock.now.roundedToMicroseconds
        let deadlines = try await store.lockPending(missed: missed, at: now, limit: Self.batch, in: work)
        guard !deadlines.isEmpty else { return 0 }
        try await store.note(deadlines, missed: missed, at: now, in: work)
        for one in deadlines {
            guard missed else {
                try work.publish(
                    ComplaintDeadlineNear(
                        complaintID: one.complaint, step: one.step, round: one.round, dueAt: one.dueAt))
                continue
            }
            try work.publish(
                ComplaintDeadlineMissed(complaintID: one.complaint, step: one.step, round: one.round, dueAt: one.dueAt))
            try await audit.append(
                AuditEntry(
                    actor: .system, action: "complaint.deadline_missed", subject: one.complaint,
                    payload: ["step": .string(one.step.rawValue), "round": .integer(Int64(one.round))]), in: work)
        }
        return deadlines.count
    }
}
