package import Core
package import Foundation
package import Jobs
import Postgres

/// Makes an account a member of the staff or of a vendor. Whether it may be is for whoever calls to know.
package struct AddMember: Sendable {
    private let store = MembershipStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// Whoever has applied to sell goes on as a member of the vendor.
    package func applicant(_ account: ID<Account>, of vendor: UUID, in work: UnitOfWork) async throws {
        _ = try await add(
            account, to: vendor, as: .builtIn(.vendorApplicant), Role.vendorApplicant.permissions,
            by: .customer(account), in: work)
    }

    /// - Throws: a 409 `Problem` where they are a member of the team already; `PostgresError`.
    func add(
        _ account: ID<Account>, to vendor: UUID?, as role: MemberRole, _ permissions: Set<Permission>,
        by actor: AuditActor, in work: UnitOfWork
    ) async throws -> Membership {
        let membership = Membership(
            id: ID(uuid: ids.next()), account: account, vendor: vendor, role: role, permissions: permissions,
            createdAt: clock.now.roundedToMicroseconds)
        guard try await store.insert(membership, in: work) else { throw Problem.memberAlready }
        try await audit.append(membership.record("membership.added", ["role": role.audited], by: actor), in: work)
        try work.publish(membership.changed)
        return membership
    }
}

/// Makes those who have applied to sell owners, once they may.
package struct PromoteApplicants: Sendable {
    private let store = MembershipStore()
    private let keys = APIKeyStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// The keys that applications gave out end with it: they open what nobody should change without a second factor from now on.
    /// - Returns: whether the vendor has an owner now.
    package func callAsFunction(of vendor: UUID, by principal: Principal, in work: UnitOfWork) async throws -> Bool {
        let now = clock.now.roundedToMicroseconds
        try await store.takeTurn(inTeamOf: vendor, in: work)
        for applicant in try await store.applicants(of: vendor, in: work) {
            let role = MemberRole.builtIn(.vendorOwner)
            try await store.setRole(of: applicant.id, to: role, at: now, in: work)
            try await audit.append(
                applicant.record(
                    "membership.role_changed", ["from": applicant.role.audited, "to": role.audited],
                    by: principal.actor), in: work)
            try work.publish(applicant.changed)
        }
        for key in try await keys.revokeAll(of: vendor, as: .vendorApplicant, at: now, in: work) {
            try await audit.append(
                AuditEntry(actor: principal.actor, action: "api_key.revoked", subject: key), in: work)
        }
        return try await store.hasHead(.vendor, of: vendor, besides: nil, in: work)
    }
}

extension Membership {
    /// What the audit record says of a change: who became what, by ids alone.
    func record(_ action: String, _ details: [UTF8Text: JSONValue], by actor: AuditActor) -> AuditEntry {
        var payload = details
        payload["account"] = .string(account.description)
        if let vendor { payload["vendor"] = .string(TypeID.encode(prefix: "ven", uuid: vendor)) }
        return AuditEntry(actor: actor, action: action, subject: id, payload: .object(payload))
    }

    var changed: MembershipChanged { MembershipChanged(membershipID: id, accountID: account) }
}
