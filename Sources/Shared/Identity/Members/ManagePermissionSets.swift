package import Core
import Foundation
package import Jobs
import Postgres

/// Makes, changes and removes the marketplace's own roles. None ever permits what its maker lacks.
package struct ManagePermissionSets: Sendable {
    /// An installation has so many at most.
    static let mostSets = 200

    private let store = PermissionSetStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 403 where it permits what the principal lacks; 409 ("permission-set-name-taken",
    ///   "too-many-permission-sets"); 422; `PostgresError`.
    package func create(
        _ new: NewPermissionSet, by principal: Principal, in work: UnitOfWork
    ) async throws -> PermissionSet {
        try new.check()
        try principal.requireHolding(new.permissions)
        guard try await store.count(in: work) < Self.mostSets else { throw Problem.tooManyPermissionSets }
        let set = PermissionSet(
            id: ID(uuid: ids.next()), name: new.name, scope: new.scope, permissions: new.permissions,
            createdAt: clock.now.roundedToMicroseconds)
        try await naming { () async throws(PostgresError) in try await store.insert(set, in: work) }
        try await audit.append(record("permission_set.created", set, by: principal), in: work)
        return set
    }

    /// Counts for all who have it, from their next request on.
    /// - Parameter expected: the version that is edited; nil for any.
    /// - Throws: as `create`, and 404 or 412.
    package func update(
        _ id: ID<PermissionSet>, expecting expected: Int64?, by principal: Principal, in work: UnitOfWork,
        _ change: @Sendable (PermissionSet) -> NewPermissionSet
    ) async throws -> PermissionSet {
        guard let set = try await store.locked(id, in: work) else { throw Problem.notFound("permission set") }
        if let expected, expected != set.version { throw Problem.versionMismatch(current: set.version) }
        let new = change(set)
        try new.check()
        try principal.requireHolding(new.permissions.union(set.permissions))
        let changed = PermissionSet(
            id: id, name: new.name, scope: set.scope, permissions: new.permissions, version: set.version + 1,
            createdAt: set.createdAt)
        try await naming { () async throws(PostgresError) in
            try await store.update(changed, at: clock.now.roundedToMicroseconds, in: work)
        }
        try await audit.append(record("permission_set.changed", changed, by: principal), in: work)
        return changed
    }

    /// - Throws: `Problem`: 403 where it permits what the principal lacks; 404; 409 ("permission-set-in-use"); `PostgresError`.
    package func remove(_ id: ID<PermissionSet>, by principal: Principal, in work: UnitOfWork) async throws {
        guard let set = try await store.locked(id, in: work) else { throw Problem.notFound("permission set") }
        try principal.requireHolding(set.permissions)
        let now = clock.now.roundedToMicroseconds
        guard try await !store.isGiven(id, at: now, in: work) else { throw Problem.permissionSetInUse }
        try await store.remove(id, at: now, in: work)
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "permission_set.removed", subject: id), in: work)
    }

    private func naming(_ write: () async throws(PostgresError) -> Void) async throws {
        do {
            try await write()
        } catch {
            guard error.constraintName == "permission_sets_name" else { throw error }
            throw Problem.permissionSetNameTaken
        }
    }

    private func record(_ action: String, _ set: PermissionSet, by principal: Principal) -> AuditEntry {
        AuditEntry(
            actor: principal.actor, action: action, subject: set.id,
            payload: ["permissions": .array(set.permissions.map(\.rawValue).sorted().map { .string($0) })])
    }
}
