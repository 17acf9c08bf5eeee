package import Core
package import Foundation

/// A role of the marketplace's own.
package struct PermissionSet: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "pst"
    package static let nameRule = TextRule(1...100, .line)

    package let id: ID<PermissionSet>
    package let name: String
    package let scope: MemberScope
    package let permissions: Set<Permission>
    package let version: Int64
    package let createdAt: Date

    package init(
        id: ID<PermissionSet>, name: String, scope: MemberScope, permissions: Set<Permission>, version: Int64 = 1,
        createdAt: Date
    ) {
        self.id = id
        self.name = name
        self.scope = scope
        self.permissions = permissions
        self.version = version
        self.createdAt = createdAt
    }
}

/// What a permission set is to be.
package struct NewPermissionSet: Hashable, Sendable {
    package let name: String
    package let scope: MemberScope
    package let permissions: Set<Permission>

    package init(name: String, scope: MemberScope, permissions: Set<Permission>) {
        self.name = PermissionSet.nameRule.normalized(name)
        self.scope = scope
        self.permissions = permissions
    }

    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/name", name, PermissionSet.nameRule)
        if permissions.isEmpty { check.fail("/permissions", "too_few", "must have at least 1 entry") }
        let strange = permissions.subtracting(scope.permissions).map(\.rawValue).sorted()
        if !strange.isEmpty {
            check.fail(
                "/permissions", "out_of_scope", "no member of a vendor can have \(strange.joined(separator: ", "))")
        }
        try check.finish()
    }
}
