package import Core
import Foundation
package import Jobs
import Postgres

/// Gives members another role, or removes them. The last admin and a vendor's last owner stay what they are.
package struct ChangeMembership: Sendable {
    private let store = MembershipStore()
    private let invitations = InvitationStore()
    private let giving = RoleGiving()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// Counts from the member's next request on.
    /// - Parameter expected: the version that is edited; nil for any.
    /// - Throws: `Problem`: 403 where it goes beyond what the principal may; 404; 409 ("last-owner"); 412; 422; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Membership>, to role: MemberRole, expecting expected: Int64?, by principal: Principal,
        in work: UnitOfWork
    ) async throws {
        let member = try await held(id, by: principal, in: work)
        guard member.removedAt == nil else { throw Problem.notFound("member") }
        if let expected, expected != member.version { throw Problem.versionMismatch(current: member.version) }
        let permissions = try await giving.permissions(of: role, forTeamOf: member.vendor, in: work)
        try principal.requireHolding(permissions.union(member.permissions))
        guard role != member.role else { return }
        try await requireAnotherHead(besides: member, in: work)
        let now = clock.now.roundedToMicroseconds
        try await store.setRole(of: id, to: role, at: now, in: work)
        try await record(
            "membership.role_changed", of: member, ["from": member.role.audited, "to": role.audited], by: principal,
            in: work)
    }

    /// Ends a membership at once and for good. Removing it again changes nothing.
    /// - Throws: `Problem`: 403 where they may more than the principal; 404; 409 ("last-owner"); `PostgresError`.
    package func remove(_ id: ID<Membership>, by principal: Principal, in work: UnitOfWork) async throws {
        let member = try await held(id, by: principal, in: work)
        guard member.removedAt == nil else { return }
        try principal.requireHolding(member.permissions)
        try await requireAnotherHead(besides: member, in: work)
        try await store.remove(id, at: clock.now.roundedToMicroseconds, in: work)
        try await record("membership.removed", of: member, ["role": member.role.audited], by: principal, in: work)
    }

    /// The member as it stands until the transaction is over.
    private func held(
        _ id: ID<Membership>, by principal: Principal, in work: UnitOfWork
    ) async throws -> Membership {
        guard let found = try await store.membership(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("member")
        }
        try await store.takeTurn(inTeamOf: found.vendor, in: work)
        return try await store.membership(id, in: work) ?? found
    }

    private func requireAnotherHead(besides member: Membership, in work: UnitOfWork) async throws {
        guard member.isHead else { return }
        guard try await store.hasHead(member.scope, of: member.vendor, besides: member.id, in: work) else {
            throw Problem.lastOwner(member.scope)
        }
    }

    /// Whom they have invited is not invited any more: they may not be able to give that now.
    private func record(
        _ action: String, of member: Membership, _ details: [UTF8Text: JSONValue], by principal: Principal,
        in work: UnitOfWork
    ) async throws {
        let revoked = try await invitations.revokeAll(
            by: member.actor, at: clock.now.roundedToMicroseconds, in: work)
        try await audit.append(
            [member.record(action, details, by: principal.actor)]
                + revoked.map { AuditEntry(actor: principal.actor, action: "invitation.revoked", subject: $0) },
            in: work)
        try work.publish(member.changed)
    }
}
