package import Core
package import Foundation

/// Who acts, what they may do and how far they reach.
package struct Principal: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// By a membership.
        case staff(UUID)
        /// Likewise.
        case vendorMember(UUID)
        case customer(UUID)
        case apiKey(ID<APIKey>)
        /// Whoever holds one order's access token.
        case orderToken(UUID)
        /// A guest who holds one cart's token, from this network as limits count them.
        case cartToken(UUID, network: String)
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
    /// What somebody of the staff acts by in another's place; nil for all who act in their own.
    package let support: SupportAct?
    /// Whether nothing is open to them before they have enrolled an authenticator.
    package let lacksSecondFactor: Bool
    /// Whether none is ever asked of them: the token of the settings is the way in where nobody has one yet, and applicants have
    /// nothing yet that could be taken from them.
    package let isSecondFactorWaived: Bool

    package init(
        _ kind: Kind, permissions: Set<Permission>, visibility: Visibility, signedIn: SignedIn? = nil,
        support: SupportAct? = nil, lacksSecondFactor: Bool = false, isSecondFactorWaived: Bool = false
    ) {
        self.kind = kind
        self.permissions = permissions
        self.visibility = visibility
        self.signedIn = signedIn
        self.support = support
        self.lacksSecondFactor = lacksSecondFactor
        self.isSecondFactorWaived = isSecondFactorWaived
    }

    package static let system = Principal(
        .system, permissions: Set(Permission.allCases), visibility: .everything, isSecondFactorWaived: true)

    package static func nobody(network: String) -> Principal {
        Principal(.nobody(network: network), permissions: [], visibility: .nothing)
    }

    /// What a customer may do, with this order alone.
    package static func holder(ofTokenOf order: UUID) -> Principal {
        Principal(.orderToken(order), permissions: Role.customer.permissions, visibility: .order(order))
    }

    /// A guest, with this cart alone.
    package static func guest(ofCart cart: UUID, network: String = "") -> Principal {
        Principal(
            .cartToken(cart, network: network), permissions: [.cartsRead, .cartsEdit], visibility: .cart(cart))
    }

    /// The same as they call from a network; it counts for guests alone.
    package func calling(from network: String) -> Principal {
        guard case .cartToken(let cart, _) = kind else { return self }
        return .guest(ofCart: cart, network: network)
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

    /// Whether they may but look.
    package var isReadOnly: Bool { support.map { !$0.mayWrite } ?? false }

    /// The membership by which they act.
    package var membership: ID<Membership>? {
        switch kind {
        case .staff(let id), .vendorMember(let id): ID(uuid: id)
        default: nil
        }
    }

    /// Whom the audit record names; both, where one acts in the other's place.
    package var actor: AuditActor {
        guard let support else { return ownActor }
        return AuditActor(rawValue: "\(AuditActor.staff(support.member)) as \(support.place.actor)")
    }

    private var ownActor: AuditActor {
        switch kind {
        case .staff(let id): .staff(ID(uuid: id))
        case .vendorMember(let id): .vendorMember(ID(uuid: id))
        case .customer(let id): .customer(ID(uuid: id))
        case .apiKey(let id): AuditActor(rawValue: "api_key:\(id)")
        case .orderToken(let id): AuditActor(rawValue: "order_token:\(TypeID.encode(prefix: "ord", uuid: id))")
        case .cartToken(let id, _): AuditActor(rawValue: "cart_token:\(TypeID.encode(prefix: "crt", uuid: id))")
        case .system: .system
        case .nobody: .anyone
        }
    }
}

extension AuditActor {
    static func staff(_ membership: ID<Membership>) -> AuditActor { AuditActor(rawValue: "staff:\(membership)") }

    static func vendorMember(_ membership: ID<Membership>) -> AuditActor {
        AuditActor(rawValue: "vendor_member:\(membership)")
    }
}

extension Membership {
    /// Whom the audit record names where its holder acts by it.
    var actor: AuditActor {
        switch scope {
        case .staff: .staff(id)
        case .vendor: .vendorMember(id)
        }
    }
}
