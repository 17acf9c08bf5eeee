package import Core
package import Foundation
package import Identity
package import Jobs
import Postgres

/// Forgets a person on their day: in one transaction, so that nobody is half forgotten.
package struct ExecuteErasure: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "customers.erase"
        package static let queue = QueueName.maintenance

        package let erasureID: ID<Erasure>

        package init(erasureID: ID<Erasure>) { self.erasureID = erasureID }
    }

    /// When what holds it is looked at again, in seconds.
    package static let retryTime: TimeInterval = 86_400

    private let accounts = AccountStore()
    private let store = ErasureStore()
    private let keepers: [any PersonalDataKeeper]
    private let audit: AuditStore
    private let clock: any WallClock

    /// - Parameter keepers: of every domain.
    package init(keepers: [any PersonalDataKeeper], audit: AuditStore, clock: some WallClock) {
        self.keepers = keepers
        self.audit = audit
        self.clock = clock
    }

    /// Does nothing to one that was cancelled or is done. What came up since it was asked for puts it off by a day.
    package func callAsFunction(_ job: Job, in work: UnitOfWork) async throws {
        guard let erasure = try await store.lock(job.erasureID, in: work), erasure.state == .requested,
            let account = try await accounts.hold(erasure.account, in: work)
        else { return }
        let (subject, now) = (DataSubject(account), clock.now.roundedToMicroseconds)
        let holds = try await keepers.holds(on: subject, in: work)
        guard holds.isEmpty else {
            let codes = holds.map(\.code)
            try await store.hold(erasure.id, by: codes, until: now + Self.retryTime, in: work)
            try work.enqueue(job, runAt: now + Self.retryTime)
            return try await audit.append(
                entry("erasure.put_off", erasure, ["held_by": .array(codes.map { .string($0) })]), in: work)
        }
        for keeper in keepers { try await keeper.forget(subject, at: now, in: work) }
        try await store.end(erasure.id, as: .done, at: now, in: work)
        try work.publish(AccountErased(accountID: account.id))
        try await audit.append(entry("account.erased", erasure), in: work)
    }

    private func entry(_ action: String, _ erasure: Erasure, _ more: [UTF8Text: JSONValue] = [:]) -> AuditEntry {
        let payload: [UTF8Text: JSONValue] = ["erasure_id": .string(erasure.id.description)]
        return AuditEntry(
            actor: .system, action: action, subject: erasure.account,
            payload: .object(payload.merging(more) { _, new in new }))
    }
}
