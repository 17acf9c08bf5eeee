package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
import Values
import Vendors

/// Puts down how long the law of a country gives for a step.
package struct KeepComplaintClocks: Sendable {
    private let store = ComplaintClockStore()
    private let audit: AuditStore

    package init(audit: AuditStore) { self.audit = audit }

    /// It holds for what is filed from its first day on; those before it hold for what was filed before.
    /// - Throws: a 422 `Problem`; `PostgresError`.
    package func add(
        _ clock: ComplaintClock, by principal: Principal, in work: UnitOfWork
    ) async throws -> ComplaintClock {
        try clock.check()
        do {
            try await store.insert(clock, in: work)
        } catch {
            guard error.constraintName == "complaint_clocks_pkey" else { throw error }
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "/valid_from", code: "taken", message: "another one begins on this day in this country")
            ])
        }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "complaint_clock.added",
                subject: "complaint_clock:\(clock.country)/\(clock.step.rawValue)",
                payload: [
                    "months": .integer(Int64(clock.months)), "hours": .integer(Int64(clock.hours)),
                    "valid_from": .string(clock.validFrom.iso8601),
                ]), in: work)
        return clock
    }
}
