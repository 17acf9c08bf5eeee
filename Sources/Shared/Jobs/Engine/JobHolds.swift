import Foundation
import NIOConcurrencyHelpers
import Postgres
import Synchronization

/// Holds jobs for the runs of one worker before they have an effect outside of the database, so that Redis alone can neither
/// begin such an effect nor begin it twice. A hold stands in the job's row. It is short and renewed while the run goes on:
/// it ends soon after its worker, before anybody takes that worker's jobs.
final class JobHolds: Sendable {
    private let postgres: PostgresClient
    private let lease: Duration
    private let firstNumber = Int64.random(in: .min ... .max)
    private let made = Atomic<Int64>(0)
    private let held = NIOLockedValueBox<[Int64: UUID]>([:])

    init(postgres: PostgresClient, lease: Duration) {
        self.postgres = postgres
        self.lease = lease
    }

    func makeRun(of envelope: JobEnvelope) -> JobRun {
        JobRun(of: envelope, number: firstNumber &+ made.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// Holds the job until the run ends; once is enough.
    /// - Throws: `JobOwnershipLost` where the row says that the attempt is not to be run, or another run holds it.
    func hold(for run: JobRun) async throws {
        guard !run.isHolding else { return }
        _ = try await hold(for: run, afterRecovery: false)
    }

    /// The same for a job that has come back from a worker that fell silent.
    /// - Returns: how many runs of the attempt have begun and never ended, this one included.
    func holdAfterRecovery(for run: JobRun) async throws -> Int {
        try await hold(for: run, afterRecovery: true)
    }

    private func hold(for run: JobRun, afterRecovery: Bool) async throws -> Int {
        let statement = JobSQL.hold(run, lease: lease, afterRecovery: afterRecovery)
        let begun: Int?
        do {
            begun = try await postgres.queryValue(statement, as: Int.self)
        } catch {
            throw error.sqlState == JobSQL.ownershipLost ? JobOwnershipLost() : error as any Error
        }
        note(run)
        return begun ?? 0
    }

    /// What a transaction of the run begins with unless the job is held already; `note` follows its commit.
    func fence(for run: JobRun) -> PostgresStatement? {
        run.isHolding ? nil : JobSQL.hold(run, lease: lease, afterRecovery: false)
    }

    func note(_ run: JobRun) {
        run.recordHold()
        held.withLockedValue { $0[run.number] = run.key.jobID }
    }

    /// The run has ended, and its row says so or will be read by the next one.
    func end(_ run: JobRun) {
        guard run.isHolding else { return }
        held.withLockedValue { $0[run.number] = nil }
    }

    /// Gives a job back that was not run to its end, by nobody's fault.
    func letGo(_ run: JobRun) async throws {
        guard run.isHolding else { return }
        try await postgres.execute(JobSQL.letGo(run))
    }

    func renew() async throws {
        let held = held.withLockedValue { $0 }
        guard !held.isEmpty else { return }
        try await postgres.execute(JobSQL.renewHolds(held, lease: lease))
    }
}
