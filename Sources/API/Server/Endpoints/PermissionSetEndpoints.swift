import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres

extension ProblemType {
    static let permissionSetInUse = ProblemType(.permissionSetInUse)
    static let permissionSetNameTaken = ProblemType(.permissionSetNameTaken)
    static let tooManyPermissionSets = ProblemType(.tooManyPermissionSets)
}

/// Roles of the marketplace's own.
enum PermissionSetEndpoints {
    static let all: [Endpoint] = [create, list, read, update, remove]

    static let create = Endpoint(
        .post, "/permission_sets", tag: .teams, summary: "Make a role of the marketplace’s own",
        description: "For members of the staff, or for members of vendors. It permits nothing that its maker lacks.",
        policy: .require(.permissionSetsManage).freshSecondFactor, idempotency: .required,
        body: PermissionSetCreateInput.self,
        returns: .created(
            PermissionSetView.self, version: \.set.version, location: { "/permission_sets/\($0.set.id)" }),
        problems: [.permissionSetNameTaken, .tooManyPermissionSets, .beyondOwnPermissions]
    ) { request, work, services in
        PermissionSetView(
            set: try await services.teams.managePermissionSets.create(
                request.body.set, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/permission_sets", tag: .teams, summary: "List permission sets, newest first",
        description: "Members of vendors see those that members of vendors can have.",
        policy: .require(.membersRead, on: .member), query: PageQuery.self, returns: .page(of: PermissionSetView.self)
    ) { request, services in
        let page = try await services.teams.permissionSets.sets(
            page: request.query.page, visibleTo: request.principal.visibility, in: services.postgres)
        return PageOutput(page.map(PermissionSetView.init))
    }

    static let read = Endpoint(
        .get, "/permission_sets/{permission_set_id}", ID<PermissionSet>.self, tag: .teams,
        summary: "Read a permission set", policy: .require(.permissionSetsManage),
        returns: .ok(PermissionSetView.self, version: \.set.version)
    ) { request, services in
        let set = try await services.teams.permissionSets.set(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let set else { throw Problem.notFound("permission set") }
        return PermissionSetView(set: set)
    }

    static let update = Endpoint(
        .patch, "/permission_sets/{permission_set_id}", ID<PermissionSet>.self, tag: .teams,
        summary: "Edit a permission set", description: "It counts for all who have it, from their next request on.",
        policy: .require(.permissionSetsManage).freshSecondFactor, edit: .ifMatch, body: PermissionSetUpdateInput.self,
        returns: .ok(PermissionSetView.self, version: \.set.version),
        problems: [.permissionSetNameTaken, .beyondOwnPermissions]
    ) { request, work, services in
        let body = request.body
        return PermissionSetView(
            set: try await services.teams.managePermissionSets.update(
                request.path, expecting: request.expectedVersion, by: request.principal, in: work
            ) { set in
                NewPermissionSet(
                    name: body.name ?? set.name, scope: set.scope, permissions: body.permissions ?? set.permissions)
            })
    }

    static let remove = Endpoint(
        .delete, "/permission_sets/{permission_set_id}", ID<PermissionSet>.self, tag: .teams,
        summary: "Remove a permission set", description: "Refused while anybody has it or is invited to it.",
        policy: .require(.permissionSetsManage).freshSecondFactor, returns: .noContent,
        problems: [.permissionSetInUse, .beyondOwnPermissions]
    ) { request, work, services in
        try await services.teams.managePermissionSets.remove(request.path, by: request.principal, in: work)
        return NoContent()
    }
}

extension FieldKind where Value == [Permission] {
    fileprivate static var permissions: FieldKind { .array(of: .oneOf(Permission.self), count: 1...200) }
}

struct PermissionSetCreateInput: APIInput {
    let set: NewPermissionSet

    init(_ fields: inout Fields) {
        set = NewPermissionSet(
            name: fields.required("name", .text(PermissionSet.nameRule), "For people", example: "Night desk"),
            scope: fields.required(
                "scope", .oneOf(MemberScope.self), "Whether members of the staff can have it, or members of vendors",
                example: .staff),
            permissions: Set(
                fields.required(
                    "permissions", .permissions, "What it lets its holders do", example: [.ordersRead, .jobsRead])))
    }
}

struct PermissionSetUpdateInput: APIInput {
    let name: String?
    let permissions: Set<Permission>?

    init(_ fields: inout Fields) {
        name = fields.optional("name", .text(PermissionSet.nameRule), "For people", example: "Night desk")
        permissions = fields.optional("permissions", .permissions, "All of them").map { Set($0) }
    }
}

struct PermissionSetView: APIOutput {
    let set: PermissionSet

    static let example = PermissionSetView(
        set: PermissionSet(
            id: .example, name: "Night desk", scope: .staff, permissions: [.ordersRead, .jobsRead],
            createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", set.id)
        out.field("name", set.name)
        out.field("scope", set.scope)
        out.field("permissions", set.permissions.map(\.rawValue).sorted())
        out.field("version", set.version)
        out.field("created_at", set.createdAt)
    }
}
