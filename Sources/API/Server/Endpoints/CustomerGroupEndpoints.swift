import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Pricing

/// Customers whom the marketplace treats alike.
enum CustomerGroupEndpoints {
    static let all: [Endpoint] = [list, put, changeMembers]

    static let list = Endpoint(
        .get, "/customer_groups", tag: .pricing, summary: "List groups of customers",
        policy: .require(.customerGroupsManage), returns: .ok(ListOutput<CustomerGroupView>.self)
    ) { request, services in
        let all = try await services.commerce.pricing.customerGroups.groups(in: services.postgres)
        return ListOutput(all.map(CustomerGroupView.init))
    }

    static let put = Endpoint(
        .put, "/customer_groups/{customer_group}", PathName.self, tag: .pricing,
        summary: "Create a group of customers, or give it another name",
        policy: .require(.customerGroupsManage), body: CustomerGroupUpdateInput.self,
        returns: .ok(CustomerGroupView.self),
        problems: [.tooManyGroups]
    ) { request, work, services in
        CustomerGroupView(
            group: try await services.commerce.pricing.manageCustomerGroups.put(
                request.path.value, name: request.body.name, by: request.principal, in: work))
    }

    static let changeMembers = Endpoint(
        .post, "/customer_groups/{customer_group}/members", PathName.self, tag: .pricing,
        summary: "Put accounts into a group, and take others out",
        description: "Accounts that there are not, or that are where they are to be, change nothing.",
        policy: .require(.customerGroupsManage), body: CustomerGroupMembersUpdateInput.self,
        returns: .ok(CustomerGroupMembersView.self)
    ) { request, work, services in
        let count = try await services.commerce.pricing.manageCustomerGroups.changeMembers(
            of: request.path.value, adding: request.body.added, removing: request.body.removed, by: request.principal,
            in: work)
        return CustomerGroupMembersView(added: count.added, removed: count.removed)
    }
}

extension ProblemType {
    static let tooManyGroups = ProblemType(
        "too-many-groups", 409, "There are too many groups", "There may be a thousand groups of customers.")
}

struct CustomerGroupUpdateInput: APIInput {
    let name: String

    init(_ fields: inout Fields) {
        name = fields.required("name", .text(CustomerGroup.name), "For people", example: "Resellers")
    }
}

struct CustomerGroupMembersUpdateInput: APIInput {
    let added: [ID<Account>]
    let removed: [ID<Account>]

    init(_ fields: inout Fields) {
        let accounts = FieldKind<[ID<Account>]>.array(
            of: .id(Account.self), count: 0...CustomerGroup.memberCount.upperBound)
        added = fields.optional("add", accounts, "Whom to put in", default: [], example: [.example])
        removed = fields.optional("remove", accounts, "Whom to take out", default: [])
    }
}

struct CustomerGroupView: APIOutput {
    let group: CustomerGroup

    static let example = CustomerGroupView(
        group: CustomerGroup(code: "resellers", name: "Resellers", createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("code", group.code, "What price lists and promotions name")
        out.field("name", group.name, "For people")
        out.field("created_at", group.createdAt)
    }
}

struct CustomerGroupMembersView: APIOutput {
    let added: Int
    let removed: Int

    static let example = CustomerGroupMembersView(added: 1, removed: 0)

    func write(to out: inout ObjectWriter) {
        out.field("added", added, "How many are in it that were not")
        out.field("removed", removed, "How many were in it that are not any more")
    }
}
