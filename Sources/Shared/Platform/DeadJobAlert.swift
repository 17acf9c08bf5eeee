package import Core
package import Foundation
package import Jobs

extension AuditStore {
    /// Puts a dead job on record in the transaction that buries it, and tells of it; the log line and the counter are the alert.
    package func recordDeadJob(_ id: UUID, kind: String, reason: String, in work: UnitOfWork) async throws {
        try await append(
            AuditEntry(
                actor: .system, action: "job.dead", subject: TypeID.encode(prefix: "job", uuid: id),
                payload: ["kind": .string(kind), "reason": .string(String(reason.prefix(500)))]),
            in: work)
        try work.publish(JobAbandoned(jobID: ID(uuid: id), kind: kind))
    }
}
