import Core
import Identity
import Platform

/// The use cases about members of the staff and of vendors that endpoints call.
struct TeamServices: Sendable {
    let members = MembershipStore()
    let permissionSets = PermissionSetStore()
    let invitations = InvitationStore()
    let supportSessions = SupportSessionStore()

    let changeMembership: ChangeMembership
    let chooseMembership: ChooseMembership
    let managePermissionSets: ManagePermissionSets
    let invite: Invite
    let acceptInvitation: AcceptInvitation
    let actAs: ActAs

    init(on platform: Platform) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        changeMembership = ChangeMembership(audit: audit, clock: clock)
        chooseMembership = ChooseMembership(audit: audit, clock: clock)
        managePermissionSets = ManagePermissionSets(audit: audit, ids: ids, clock: clock)
        invite = Invite(
            tokens: InvitationTokens(keys: platform.configuration.encryptionKeys), audit: audit, ids: ids, clock: clock)
        acceptInvitation = AcceptInvitation(audit: audit, ids: ids, clock: clock)
        actAs = ActAs(audit: audit, ids: ids, clock: clock)
    }
}
