package import Identity

/// Who may call an endpoint, and how often.
package struct Policy: Sendable {
    package enum Audience: Sendable, Hashable {
        case anyone
        /// Whoever has signed in, even while a second factor is awaited: for showing it, and for signing out.
        case session
        /// Whoever has signed in, with all that their account asks for.
        case account
        /// Whoever may do this to a resource within reach.
        case require(Permission, on: Resource)
    }

    /// What a permission is used on.
    package enum Resource: String, Sendable, Hashable, CaseIterable {
        /// What belongs to the marketplace as a whole: only those who reach everything get there.
        case marketplace
        case vendor, product, variant
        /// An uploaded file.
        case media
        /// A member of the staff or of a vendor, or an invitation to become one.
        case member
        /// A guest's token counts for their own.
        case cart
        /// The access token of the order that the path names as `{order_id}` counts, too.
        case order
        case vendorOrder = "vendor order"
        /// An invoice, a bill or a credit note.
        case document
        /// Parcels on their way, and the couriers that there are.
        case shipment
        case complaint
        /// The principal's own credentials.
        case own
    }

    /// Whether a second factor has to have been shown just now.
    package enum SecondFactor: Sendable, Hashable {
        case asUsual
        /// By those whose account has one: for what is dangerous to them alone.
        case freshIfEnrolled
        /// By everybody; an API key never has one, and is refused.
        case fresh
    }

    package let audience: Audience
    package let limit: RateLimit
    package private(set) var secondFactor: SecondFactor = .asUsual

    private init(_ audience: Audience, _ limit: RateLimit) {
        self.audience = audience
        self.limit = limit
    }

    /// No credentials are needed; those that are shown count.
    package static func anyone(_ limit: RateLimit) -> Policy { Policy(.anyone, limit) }

    /// Whoever has signed in, even while a second factor is awaited.
    package static func session(_ limit: RateLimit = .perClient(600, per: .minute)) -> Policy {
        Policy(.session, limit)
    }

    /// Whoever has signed in, for what is their own.
    package static func account(_ limit: RateLimit = .perClient(600, per: .minute)) -> Policy {
        Policy(.account, limit)
    }

    /// Only principals with the permission. What lies outside their reach is not found where it is loaded, by the store.
    /// - Parameter limit: 600 calls a minute unless said otherwise.
    package static func require(
        _ permission: Permission, on resource: Resource = .marketplace,
        _ limit: RateLimit = .perClient(600, per: .minute)
    ) -> Policy {
        Policy(.require(permission, on: resource), limit)
    }

    /// The same with a second factor that was shown just now.
    package var freshSecondFactor: Policy { asking(for: .fresh) }

    /// The same with a second factor that was shown just now, for those whose account has one.
    package var freshSecondFactorIfEnrolled: Policy { asking(for: .freshIfEnrolled) }

    private func asking(for secondFactor: SecondFactor) -> Policy {
        var policy = self
        policy.secondFactor = secondFactor
        return policy
    }

    package var permission: Permission? {
        if case .require(let permission, _) = audience { permission } else { nil }
    }

    package var resource: Resource? {
        if case .require(_, let resource) = audience { resource } else { nil }
    }

    /// Whether a raw endpoint answers without looking at who calls.
    var isOpen: Bool { audience == .anyone && limit.count == nil }

    /// Whether a principal passes, whatever the resource turns out to be and however long ago a second factor was shown.
    package func admits(_ principal: Principal) -> Bool {
        switch audience {
        case .anyone: true
        case .session: principal.signedIn != nil
        case .account: principal.signedIn != nil && !principal.awaitsSecondFactor
        case .require(let permission, on: .marketplace):
            principal.may(permission) && principal.visibility == .everything
        case .require(let permission, on: _): principal.may(permission)
        }
    }

    /// Whether it asks this principal for a second factor that was shown just now.
    package func asksForFreshSecondFactor(of principal: Principal) -> Bool {
        switch secondFactor {
        case .asUsual: false
        case .freshIfEnrolled: principal.signedIn.map { $0.secondFactor != .none } ?? false
        case .fresh: !principal.isSecondFactorWaived
        }
    }

    /// What it refuses with. Credentials that are shown have to be good ones even where none are needed.
    var problems: [ProblemType] {
        switch audience {
        case .anyone: [.unauthorized]
        case .session: [.unauthorized, .forbidden]
        case .account, .require: [.unauthorized, .forbidden, .secondFactorRequired]
        }
    }

    /// Whether the access token of an order may do this with it: it may what customers may.
    var admitsOrderToken: Bool {
        guard case .require(let permission, on: .order) = audience else { return false }
        return Role.customer.permissions.contains(permission)
    }

    /// The built-in roles whose holders pass.
    package var roles: [Role] {
        guard case .require(let permission, let resource) = audience else { return Role.allCases }
        return Role.allCases.filter { role in
            role.permissions.contains(permission) && (resource != .marketplace || role.holder == .marketplace)
        }
    }

    /// In words, for people.
    var summary: String {
        switch secondFactor {
        case .asUsual: audienceSummary
        case .freshIfEnrolled: "\(audienceSummary), with a fresh second factor where the account has one"
        case .fresh: "\(audienceSummary), with a fresh second factor"
        }
    }

    private var audienceSummary: String {
        switch audience {
        case .anyone: "Anyone"
        case .session: "Whoever has signed in, also before the second factor"
        case .account: "Whoever has signed in"
        case .require(let permission, on: .cart): "\(permission.rawValue), or the cart’s token"
        case .require(let permission, on: .order) where admitsOrderToken:
            "\(permission.rawValue), or the order’s access token"
        case .require(let permission, on: _): permission.rawValue
        }
    }
}
