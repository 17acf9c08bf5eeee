package import Core
package import Foundation
package import Jobs
import Postgres

/// Asks people to become members, and takes it back. Nobody invites to more than they may themselves.
package struct Invite: Sendable {
    private let store = InvitationStore()
    private let members = MembershipStore()
    private let giving = RoleGiving()
    private let tokens: InvitationTokens
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(tokens: InvitationTokens, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.tokens = tokens
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// Takes the place of an earlier invitation to the same address and team. Whether the address has an account shows nowhere.
    /// - Throws: `Problem`: 403 where the role goes beyond what the principal may; 422; `PostgresError`.
    package func callAsFunction(
        _ new: NewInvitation, by principal: Principal, in work: UnitOfWork
    ) async throws -> Invitation {
        try principal.requireTeam(of: new.vendor)
        let permissions = try await giving.permissions(of: new.role, forTeamOf: new.vendor, in: work)
        try principal.requireHolding(permissions)
        try await requireStillHolding(permissions, principal, in: work)
        let now = clock.now.roundedToMicroseconds
        let invitation = Invitation(
            id: ID(uuid: ids.next()), email: new.email, vendor: new.vendor, role: new.role, locale: new.locale,
            invitedBy: principal.actor, createdAt: now)
        try await store.revokeAll(to: new.email, ofTeamOf: new.vendor, at: now, in: work)
        do {
            try await store.insert(
                invitation, tokenHash: tokens.token(of: invitation.id)?.hash ?? [], in: work)
        } catch {
            guard error.constraintName == "invitations_vendor" else { throw error }
            throw Problem.unknownVendor
        }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "invitation.created", subject: invitation.id,
                payload: ["role": new.role.audited, "vendor": .vendor(new.vendor)]), in: work)
        try work.publish(InvitationCreated(invitationID: invitation.id))
        return invitation
    }

    /// Whoever takes the inviter's role meanwhile comes before or after: then it is refused here, or revoked there with their others.
    private func requireStillHolding(
        _ permissions: Set<Permission>, _ principal: Principal, in work: UnitOfWork
    ) async throws {
        guard let id = principal.membership else { return }
        let member = try await members.held(id, in: work)
        let held = member?.removedAt == nil ? member?.permissions ?? [] : []
        let lacking = permissions.subtracting(held).map(\.rawValue).sorted()
        guard lacking.isEmpty else { throw Problem.beyondOwnPermissions(lacking) }
    }

    /// Revoking it again changes nothing.
    /// - Throws: `Problem`: 404; 409 ("invitation-ended") where it was accepted; `PostgresError`.
    package func revoke(
        _ id: ID<Invitation>, by principal: Principal, in work: UnitOfWork
    ) async throws -> Invitation {
        let isRevoked = { () async throws -> Bool in
            try await store.revoke(id, at: clock.now.roundedToMicroseconds, in: work)
        }
        guard let known = try await store.invitation(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("invitation")
        }
        guard try await isRevoked() else {
            guard known.acceptedAt == nil else { throw Problem.invitationEnded }
            return known
        }
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "invitation.revoked", subject: id), in: work)
        return try await store.invitation(id, visibleTo: principal.visibility, in: work) ?? known
    }
}

extension Principal {
    /// - Throws: a 422 `Problem` where the team is out of reach.
    fileprivate func requireTeam(of vendor: UUID?) throws(Problem) {
        guard let vendor else {
            guard visibility == .everything else { throw .vendorRequired }
            return
        }
        guard visibility.includes(vendor: vendor) else { throw .unknownVendor }
    }
}

extension JSONValue {
    /// The id of a vendor as the audit record has it; null for the marketplace.
    static func vendor(_ id: UUID?) -> JSONValue { id.map { .string(TypeID.encode(prefix: "ven", uuid: $0)) } ?? .null }
}
