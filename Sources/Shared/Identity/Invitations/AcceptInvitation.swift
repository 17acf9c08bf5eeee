package import Core
import Foundation
package import Jobs
package import Postgres

/// Makes whoever was invited a member. It takes both: what was sent to the address, and the account whose address it is.
package struct AcceptInvitation: Sendable {
    private let store = InvitationStore()
    private let accounts = AccountStore()
    private let giving = RoleGiving()
    private let addMember: AddMember
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        addMember = AddMember(audit: audit, ids: ids, clock: clock)
        self.audit = audit
        self.clock = clock
    }

    /// - Throws: `Problem`: 409 ("invitation-ended"), also for a token of none: nobody is told which; ("invitation-for-another"),
    ///   ("member-already"); `PostgresError`.
    package func callAsFunction(
        _ token: UTF8Text, by principal: Principal, in work: UnitOfWork
    ) async throws -> Membership {
        let account = try principal.requireSignedIn().account
        guard OpaqueToken.isOne(token, of: .invitation),
            let invitation = try await store.invitation(bearing: token, in: work)
        else { throw Problem.invitationEnded }
        // An address is an account's own only once it was proven.
        let email = try await accounts.account(account, in: work)?.email
        guard email?.comparisonKey == invitation.email.comparisonKey else { throw Problem.invitationForAnother }
        let now = clock.now.roundedToMicroseconds
        guard try await store.accept(invitation.id, at: now, in: work) else { throw Problem.invitationEnded }
        let permissions = try await giving.permissions(of: invitation.role, forTeamOf: invitation.vendor, in: work)
        let membership = try await addMember.add(
            account, to: invitation.vendor, as: invitation.role, permissions, by: .customer(account), in: work)
        try await audit.append(
            AuditEntry(
                actor: .customer(account), action: "invitation.accepted", subject: invitation.id,
                payload: ["membership": .string(membership.id.description)]), in: work)
        return membership
    }

    /// What is asked of whoever follows the link; nil where the token is of no invitation that is open.
    package func invitation(
        bearing token: UTF8Text, in executor: some PostgresExecutor
    ) async throws -> Invitation? {
        guard OpaqueToken.isOne(token, of: .invitation) else { return nil }
        let found = try await store.invitation(bearing: token, in: executor)
        return found?.state(at: clock.now) == .open ? found : nil
    }
}
