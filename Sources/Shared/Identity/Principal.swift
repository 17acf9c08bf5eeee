package import Core
package import Foundation

/// Who acts, what they may do and how far they reach.
package struct Principal: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case staff(UUID)
        case vendorMember(UUID)
        case customer(UUID)
        case apiKey(ID<APIKey>)
        /// Whoever holds one order's access token.
        case orderToken(UUID)
        /// The product itself.
        case system
        /// Nobody in particular, from this network as limits count them.
        case nobody(network: String)
    }

    package let kind: Kind
    package let permissions: Set<Permission>
    package let visibility: Visibility
    /// The session of somebody who has signed in; nil for all who show other credentials, or none.
    package let signedIn: SignedIn?

    package init(
        _ kind: Kind, permissions: Set<Permission>, visibility: Visibility, signedIn: SignedIn? = nil
    ) {
        self.kind = kind
        self.permissions = permissions
        self.visibility = visibility
        self.signedIn = signedIn
    }

    package static let system = Principal(
        .system, permissions: Set(Permission.allCases), visibility: .everything)

    package static func nobody(network: String) -> Principal {
        Principal(.nobody(network: network), permissions: [], visibility: .nothing)
    }

    /// What a customer may do, with this order alone.
    package static func holder(ofTokenOf order: UUID) -> Principal {
        Principal(.orderToken(order), permissions: Role.customer.permissions, visibility: .order(order))
    }

    package func may(_ permission: Permission) -> Bool { permissions.contains(permission) }

    /// The customer's account, where it is one's.
    package var account: UUID? {
        if case .customer(let id) = kind { id } else { nil }
    }

    /// Whether they have shown no credentials.
    package var isNobody: Bool {
        if case .nobody = kind { true } else { false }
    }

    /// The same whoever shows the same credentials; keeps apart what different callers store under one name.
    package var scope: String {
        switch kind {
        case .nobody: "anyone"
        default: actor.rawValue
        }
    }

    /// Whom the audit record names.
    package var actor: AuditActor {
        switch kind {
        case .staff(let id): AuditActor(rawValue: "staff:\(TypeID.encode(prefix: "stf", uuid: id))")
        case .vendorMember(let id): AuditActor(rawValue: "vendor_member:\(TypeID.encode(prefix: "vmb", uuid: id))")
        case .customer(let id): .customer(ID(uuid: id))
        case .apiKey(let id): AuditActor(rawValue: "api_key:\(id)")
        case .orderToken(let id): AuditActor(rawValue: "order_token:\(TypeID.encode(prefix: "ord", uuid: id))")
        case .system: .system
        case .nobody: .anyone
        }
    }
}
