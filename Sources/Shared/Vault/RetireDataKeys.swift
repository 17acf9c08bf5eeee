package import Core
package import Foundation
package import Jobs
package import Postgres

/// Lets data keys seal nothing more, such as those that somebody may have seen. What they have sealed still opens, until it is sealed
/// anew or gone.
package struct RetireDataKeys: Sendable {
    private let store = DataKeyStore()
    private let audit: AuditStore

    package init(audit: AuditStore) { self.audit = audit }

    /// Retires the scope's data keys that were made before `moment`; the next secret gets a new one.
    /// - Returns: how many they were.
    package func callAsFunction(
        of scope: KeyScope, madeBefore moment: Date, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> Int {
        let count = try await store.retire(scope, madeBefore: moment, in: work)
        guard count > 0 else { return 0 }
        try await audit.append(
            AuditEntry(
                actor: actor, action: "data_keys.retired", subject: RewrapDataKeys.subject,
                payload: ["scope": .string(scope.name), "count": .integer(Int64(count))]),
            in: work)
        return count
    }

    /// The scopes that have such data keys, retired ones included.
    package func scopes(
        madeBefore moment: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [KeyScope] {
        try await store.scopes(madeBefore: moment, in: executor)
    }
}
