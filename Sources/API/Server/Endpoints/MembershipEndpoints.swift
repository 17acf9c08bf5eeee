import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

extension ProblemType {
    static let sessionEnded = ProblemType(.sessionEnded)
}

/// By what people can act, and by what they do.
enum MembershipEndpoints {
    static let all: [Endpoint] = [list, choose]

    /// Nobody is a member of more teams than that and wants to see them all at once.
    private static let mostMemberships = 200

    static let list = Endpoint(
        .get, "/me/memberships", tag: .signIn, summary: "List what one can act by, newest first",
        policy: .account(), returns: .ok(ListOutput<MembershipView>.self)
    ) { request, services in
        let own = try await services.teams.members.memberships(
            of: try request.principal.requireSignedIn().account, limit: mostMemberships, in: services.postgres)
        return ListOutput(own.map(MembershipView.init))
    }

    static let choose = Endpoint(
        .post, "/me/membership", tag: .signIn, summary: "Act by one of one’s memberships, or as oneself again",
        description:
            "The session goes on under another token; the former one opens nothing any more. Staff and vendors’ owners need "
            + "an authenticator before anything is open to them.",
        policy: .account(.perClient(60, per: .minute)), body: MembershipChoiceInput.self,
        returns: .ok(SwitchedSessionView.self, cookies: \.cookies), problems: [.sessionEnded]
    ) { request, work, services in
        SwitchedSessionView(
            try await services.teams.chooseMembership(request.body.membership, by: request.principal, in: work),
            lifetime: services.accounts.sessionLifetime)
    }
}

struct MembershipChoiceInput: APIInput {
    let membership: ID<Membership>?

    init(_ fields: inout Fields) {
        membership = fields.optional(
            "membership_id", .id(Membership.self), "By which to act; null for the account itself")
    }
}

struct MembershipView: APIOutput {
    let membership: Membership

    static let example = MembershipView(
        membership: Membership(
            id: .example, account: .example, vendor: ID<Vendor>.example.uuid, role: .builtIn(.vendorFulfilment),
            permissions: Role.vendorFulfilment.permissions, createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", membership.id)
        out.field("vendor_id", membership.vendor.map { ID<Vendor>(uuid: $0) }, "null for the staff of the marketplace")
        out.field("role", membership.role.builtIn?.rawValue, "null for a permission set")
        out.field("permission_set_id", membership.role.set)
        out.field("permissions", membership.permissions.map(\.rawValue).sorted())
        out.field(
            "needs_second_factor", membership.needsSecondFactor, "Whether it opens nothing without an authenticator")
        out.field("created_at", membership.createdAt)
    }
}

/// A session under its new token. A browser gets it in a cookie and nowhere else.
struct SwitchedSessionView: APIOutput {
    let membership: MembershipView?
    let token: Secret?
    let cookies: [SetCookie]

    init(_ switched: SwitchedSession, lifetime: Duration) {
        membership = switched.membership.map(MembershipView.init)
        switch switched.transport {
        case .bearer: (token, cookies) = (switched.token.text, [])
        case .cookie: (token, cookies) = (nil, [.keeping(.session, switched.token.text, for: lifetime)])
        }
    }

    private init() {
        membership = .example
        token = Secret("hs_Zx81kQpTjP3nq0XhE5lVbW2mT8sYcR4uKd6oA1gZf7i")
        cookies = []
    }

    static let example = SwitchedSessionView()

    func write(to out: inout ObjectWriter) {
        out.field("membership", membership, "By which the session acts; null for the account itself")
        out.field("token", token?.reveal(), "Its bearer token from now on; not where it is in a cookie")
    }
}
