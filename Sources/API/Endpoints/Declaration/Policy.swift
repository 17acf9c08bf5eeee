package import Identity

/// Who may call an endpoint, and how often.
package struct Policy: Sendable {
    package enum Audience: Sendable, Hashable {
        case anyone
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
        /// The access token of the order that the path names as `{order_id}` counts, too.
        case order
        case vendorOrder = "vendor order"
        /// The principal's own credentials.
        case own
    }

    package let audience: Audience
    package let limit: RateLimit

    private init(_ audience: Audience, _ limit: RateLimit) {
        self.audience = audience
        self.limit = limit
    }

    /// No credentials are needed; those that are shown count.
    package static func anyone(_ limit: RateLimit) -> Policy { Policy(.anyone, limit) }

    /// Only principals with the permission. What lies outside their reach is not found where it is loaded, by the store.
    /// - Parameter limit: 600 calls a minute unless said otherwise.
    package static func require(
        _ permission: Permission, on resource: Resource = .marketplace,
        _ limit: RateLimit = .perClient(600, per: .minute)
    ) -> Policy {
        Policy(.require(permission, on: resource), limit)
    }

    package var permission: Permission? {
        if case .require(let permission, _) = audience { permission } else { nil }
    }

    package var resource: Resource? {
        if case .require(_, let resource) = audience { resource } else { nil }
    }

    /// Whether a raw endpoint answers without looking at who calls.
    var isOpen: Bool { audience == .anyone && limit.count == nil }

    /// Whether a principal passes, whatever the resource turns out to be.
    package func admits(_ principal: Principal) -> Bool {
        switch audience {
        case .anyone: true
        case .require(let permission, on: .marketplace):
            principal.may(permission) && principal.visibility == .everything
        case .require(let permission, on: _): principal.may(permission)
        }
    }

    /// What it refuses with. Credentials that are shown have to be good ones even where none are needed.
    var problems: [ProblemType] { permission == nil ? [.unauthorized] : [.unauthorized, .forbidden] }

    /// The built-in roles whose holders pass.
    package var roles: [Role] {
        guard case .require(let permission, let resource) = audience else { return Role.allCases }
        return Role.allCases.filter { role in
            role.permissions.contains(permission) && (resource != .marketplace || role.holder == .marketplace)
        }
    }

    /// In words, for people.
    var summary: String {
        switch audience {
        case .anyone: "Anyone"
        case .require(let permission, on: .order): "\(permission.rawValue), or the order’s access token"
        case .require(let permission, on: _): permission.rawValue
        }
    }
}
