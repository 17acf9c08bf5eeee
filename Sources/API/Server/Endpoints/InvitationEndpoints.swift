import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

extension ProblemType {
    static let invitationEnded = ProblemType(.invitationEnded)
    static let invitationForAnother = ProblemType(.invitationForAnother)
    static let memberAlready = ProblemType(.memberAlready)
}

/// How people become members.
enum InvitationEndpoints {
    static let all: [Endpoint] = [create, list, revoke, accept]

    static let create = Endpoint(
        .post, "/invitations", tag: .teams, summary: "Invite somebody to become a member",
        description: """
            A link is sent to the address; it counts for seven days, once, for the account whose address it is. It takes the place of \
            an earlier invitation to the same team. Nobody invites to more than they may themselves.
            """,
        policy: .require(.membersManage, on: .member, .perClient(60, per: .hour)).freshSecondFactor,
        idempotency: .required, body: InvitationCreateInput.self, returns: .created(InvitationView.self),
        problems: [.beyondOwnPermissions]
    ) { request, work, services in
        InvitationView(
            invitation: try await services.teams.invite(request.body.invitation, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/invitations", tag: .teams, summary: "List invitations, newest first",
        policy: .require(.membersRead, on: .member), query: MembersQuery.self, returns: .page(of: InvitationView.self)
    ) { request, services in
        let page = try await services.teams.invitations.invitations(
            request.query.filter, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(InvitationView.init))
    }

    static let revoke = Endpoint(
        .post, "/invitations/{invitation_id}/revoke", ID<Invitation>.self, tag: .teams,
        summary: "Take an invitation back", description: "Taking it back again changes nothing.",
        policy: .require(.membersManage, on: .member), returns: .ok(InvitationView.self), problems: [.invitationEnded]
    ) { request, work, services in
        InvitationView(
            invitation: try await services.teams.invite.revoke(request.path, by: request.principal, in: work))
    }

    static let accept = Endpoint(
        .post, "/invitations/accept", tag: .teams, summary: "Become a member",
        description: "With the token of the link, by whoever has signed in with the address that it was sent to.",
        policy: .account(.perClient(30, per: .minute)), body: InvitationAcceptInput.self,
        returns: .ok(MembershipView.self), problems: [.invitationEnded, .invitationForAnother, .memberAlready]
    ) { request, work, services in
        MembershipView(
            membership: try await services.teams.acceptInvitation(
                request.body.token, by: request.principal, in: work))
    }
}

struct InvitationCreateInput: APIInput {
    let invitation: NewInvitation

    init(_ fields: inout Fields) {
        let email = fields.required("email", .email, "Where the link is sent", example: "karim@example.com")
        invitation = NewInvitation(
            email: EmailAddress(rawValue: email) ?? .example,
            vendor: fields.optional(
                "vendor_id", .id(Vendor.self), "Of which vendor; null for the staff of the marketplace",
                example: .example)?.uuid,
            role: fields.memberRole(), locale: fields.locale())
    }
}

struct InvitationAcceptInput: APIInput {
    let token: UTF8Text

    init(_ fields: inout Fields) {
        token = UTF8Text(
            fields.required(
                "token", .string(1...100, of: "A-Za-z0-9_-"), "The end of the link",
                example: "hi_Zx81kQpTjP3nq0XhE5lVbW2mT8sYcR4uKd6oA1gZf7i"))
    }
}

struct InvitationView: APIOutput {
    let invitation: Invitation

    static let example = InvitationView(
        invitation: Invitation(
            id: .example, email: .example, vendor: ID<Vendor>.example.uuid, role: .builtIn(.vendorFulfilment),
            locale: .example, invitedBy: AuditActor(rawValue: "vendor_member:\(ID<Membership>.example)"),
            createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", invitation.id)
        out.field("email", invitation.email.rawValue)
        out.field("vendor_id", invitation.vendor.map { ID<Vendor>(uuid: $0) }, "null for the staff of the marketplace")
        out.field("role", invitation.role.builtIn?.rawValue, "null for a permission set")
        out.field("permission_set_id", invitation.role.set)
        out.field("locale", invitation.locale.text)
        out.field("state", invitation.state(at: Date()))
        out.field("invited_by", invitation.invitedBy.rawValue, "As the audit record names them")
        out.field("created_at", invitation.createdAt)
        out.field("expires_at", invitation.expiresAt)
        out.field("accepted_at", invitation.acceptedAt)
        out.field("revoked_at", invitation.revokedAt)
    }
}
