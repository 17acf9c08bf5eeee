import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

extension EndpointTag {
    static let teams = EndpointTag(
        "Teams", "Who acts for the marketplace and for its vendors: members, invitations and roles of one’s own.")
}

extension ProblemType {
    static let lastOwner = ProblemType(.lastOwner(.staff), "Each team keeps an admin or an owner.")
    static let beyondOwnPermissions = ProblemType(
        .beyondOwnPermissions([]), "`permissions` lists what you lack and would give, change or take.")
}

/// Members of the staff and of vendors.
enum MemberEndpoints {
    static let all: [Endpoint] = [list, read, update, remove]

    static let list = Endpoint(
        .get, "/members", tag: .teams, summary: "List members, newest first",
        description: "Of the staff and of all vendors, or of one’s own vendor alone.",
        policy: .require(.membersRead, on: .member), query: MembersQuery.self, returns: .page(of: MemberView.self)
    ) { request, services in
        let page = try await services.teams.members.members(
            request.query.filter, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(MemberView.init))
    }

    static let read = Endpoint(
        .get, "/members/{member_id}", ID<Membership>.self, tag: .teams, summary: "Read a member",
        policy: .require(.membersRead, on: .member), returns: .ok(MemberView.self, version: \.member.membership.version)
    ) { request, services in
        try await view(request.path, visibleTo: request.principal, services.teams, in: services.postgres)
    }

    static let update = Endpoint(
        .patch, "/members/{member_id}", ID<Membership>.self, tag: .teams, summary: "Give a member another role",
        description: "It counts from their next request on. Nobody gives, changes or takes what they lack themselves.",
        policy: .require(.membersManage, on: .member).freshSecondFactor, edit: .ifMatch, body: MemberUpdateInput.self,
        returns: .ok(MemberView.self, version: \.member.membership.version),
        problems: [.lastOwner, .beyondOwnPermissions]
    ) { request, work, services in
        try await services.teams.changeMembership(
            request.path, to: request.body.role, expecting: request.expectedVersion, by: request.principal, in: work)
        return try await view(request.path, visibleTo: request.principal, services.teams, in: work)
    }

    static let remove = Endpoint(
        .delete, "/members/{member_id}", ID<Membership>.self, tag: .teams, summary: "Remove a member",
        description:
            "At once and for good; their account stays. Whom they have invited is not invited any more. Removing them again "
            + "changes nothing.",
        policy: .require(.membersManage, on: .member).freshSecondFactor, returns: .noContent,
        problems: [.lastOwner, .beyondOwnPermissions]
    ) { request, work, services in
        try await services.teams.changeMembership.remove(request.path, by: request.principal, in: work)
        return NoContent()
    }

    private static func view(
        _ id: ID<Membership>, visibleTo principal: Principal, _ teams: TeamServices, in executor: some PostgresExecutor
    ) async throws -> MemberView {
        guard let member = try await teams.members.member(id, visibleTo: principal.visibility, in: executor) else {
            throw Problem.notFound("member")
        }
        return MemberView(member: member)
    }
}

extension Fields {
    /// A built-in role or a permission set.
    mutating func memberRole() -> MemberRole {
        let role = optional(
            "role", .oneOf(APIKeyRole.self), "A role that comes with the product; or else give permission_set_id",
            example: .vendorFulfilment)
        let set = optional("permission_set_id", .id(PermissionSet.self), "One of the marketplace’s own")
        check(
            (role == nil) != (set == nil), "role", code: "one_of",
            "must be given where permission_set_id is not, and only there")
        return set.map(MemberRole.set) ?? .builtIn(role?.role ?? .vendorFulfilment)
    }

    /// Of which team members or invitations are listed.
    fileprivate mutating func memberFilter() -> MemberFilter {
        MemberFilter(
            scope: optional("scope", .oneOf(MemberScope.self), "Of the staff, or of vendors"),
            vendor: optional("vendor_id", .id(Vendor.self), "Of this vendor alone")?.uuid)
    }
}

struct MembersQuery: APIInput {
    let filter: MemberFilter
    let page: PageRequest

    init(_ fields: inout Fields) {
        filter = fields.memberFilter()
        page = fields.page()
    }
}

struct MemberUpdateInput: APIInput {
    let role: MemberRole

    init(_ fields: inout Fields) {
        role = fields.memberRole()
    }
}

struct MemberView: APIOutput {
    let member: Member

    static let example = MemberView(
        member: Member(
            membership: MembershipView.example.membership, name: "Karim Uddin", email: .example, hasSecondFactor: true))

    func write(to out: inout ObjectWriter) {
        let membership = member.membership
        out.field("id", membership.id)
        out.field("account_id", membership.account)
        out.field("name", member.name)
        out.field("email", member.email?.rawValue)
        out.field("vendor_id", membership.vendor.map { ID<Vendor>(uuid: $0) }, "null for the staff of the marketplace")
        out.field("role", membership.role.builtIn?.rawValue, "null for those who have a permission set")
        out.field("permission_set_id", membership.role.set)
        out.field("has_second_factor", member.hasSecondFactor, "Whether their account has an authenticator")
        out.field("version", membership.version)
        out.field("created_at", membership.createdAt)
    }
}
