package import Core
package import Foundation

/// What an account may do besides what customers may: for the marketplace, or for one vendor.
package struct Membership: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "mem"

    package let id: ID<Membership>
    package let account: ID<Account>
    /// nil for the staff of the marketplace.
    package let vendor: UUID?
    package let role: MemberRole
    /// What follows from the role now.
    package let permissions: Set<Permission>
    package let version: Int64
    package let createdAt: Date
    package let removedAt: Date?

    package init(
        id: ID<Membership>, account: ID<Account>, vendor: UUID?, role: MemberRole, permissions: Set<Permission>,
        version: Int64 = 1, createdAt: Date, removedAt: Date? = nil
    ) {
        self.id = id
        self.account = account
        self.vendor = vendor
        self.role = role
        self.permissions = permissions
        self.version = version
        self.createdAt = createdAt
        self.removedAt = removedAt
    }

    package var scope: MemberScope { MemberScope(vendor: vendor) }

    /// Whether it is one of those of which its team always has one.
    var isHead: Bool { role == .builtIn(scope.head) }

    /// Whether nothing can be done by it before its account has an authenticator. Who applies to sell may do so without: they have
    /// nothing yet that could be taken from them.
    package var needsSecondFactor: Bool {
        scope == .staff || role != .builtIn(.vendorApplicant) && permissions.contains(where: \.asksForSecondFactor)
    }
}

/// A membership and whose it is, as those see it who manage members.
package struct Member: Hashable, Sendable {
    package let membership: Membership
    package let name: String?
    package let email: EmailAddress?
    package let hasSecondFactor: Bool

    package init(membership: Membership, name: String?, email: EmailAddress?, hasSecondFactor: Bool) {
        self.membership = membership
        self.name = name
        self.email = email
        self.hasSecondFactor = hasSecondFactor
    }
}

/// Which members, or invitations, are listed.
package struct MemberFilter: Hashable, Sendable {
    package let scope: MemberScope?
    package let vendor: UUID?

    package init(scope: MemberScope? = nil, vendor: UUID? = nil) {
        self.scope = scope
        self.vendor = vendor
    }
}

/// Where somebody of a team is mailed, and in which language.
package struct MemberAddress: Hashable, Sendable {
    package let account: ID<Account>
    package let email: EmailAddress
    package let locale: LanguageTag
}
