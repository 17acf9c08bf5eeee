package import Core
package import Jobs

/// Somebody became a member, has another role, or is a member no more.
package struct MembershipChanged: Event, Hashable {
    package static let name = "membership.changed"

    package let membershipID: ID<Membership>
    package let accountID: ID<Account>
}

/// Somebody was invited and is to be told.
package struct InvitationCreated: Event, Hashable {
    package static let name = "invitation.created"

    package let invitationID: ID<Invitation>
}
