package import Core
package import Foundation
package import Postgres

/// For whom a role is, and how far its holder reaches with it.
package enum MemberScope: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    /// The staff of the marketplace: they reach everything.
    case staff
    /// Members of vendors: they reach the one that they are members of.
    case vendor

    init(vendor: UUID?) { self = vendor == nil ? .staff : .vendor }

    /// What roles of this scope can let somebody do at most.
    package var permissions: Set<Permission> {
        switch self {
        case .staff: Set(Permission.allCases)
        case .vendor: Permission.vendors
        }
    }

    /// The role of which a team always has one.
    var head: Role {
        switch self {
        case .staff: .admin
        case .vendor: .vendorOwner
        }
    }
}

/// What says what a member may do.
package enum MemberRole: Hashable, Sendable {
    /// A role that comes with the product.
    case builtIn(Role)
    /// One of the marketplace's own.
    case set(ID<PermissionSet>)

    package var builtIn: Role? { if case .builtIn(let role) = self { role } else { nil } }

    package var set: ID<PermissionSet>? { if case .set(let id) = self { id } else { nil } }

    /// What the audit record says.
    var audited: JSONValue {
        switch self {
        case .builtIn(let role): .string(role.rawValue)
        case .set(let id): .string(id.description)
        }
    }
}

extension MemberRole {
    /// Out of the columns `role` and `permission_set_id`.
    init(row: borrowing PostgresRow) throws(PostgresError) {
        let (name, set): (String?, ID<PermissionSet>?) = (try row.decode("role"), try row.decode("permission_set_id"))
        if let set {
            self = .set(set)
        } else if let name, let role = Role(rawValue: name) {
            self = .builtIn(role)
        } else {
            throw .decoding("\(name ?? "nothing") is not a role")
        }
    }
}
