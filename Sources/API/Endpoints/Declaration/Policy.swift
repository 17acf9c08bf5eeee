package import Core

/// Who may call an endpoint, and how often.
package struct Policy: Sendable {
    /// Kinds of callers.
    package enum Audience: Sendable, Equatable {
        case anyone
        /// Whoever holds the access token of the order in the path (`{order_id}`), and the operator.
        case orderHolder
        case `operator`
    }

    package let audience: Audience
    package let limit: RateLimit

    private init(_ audience: Audience, _ limit: RateLimit) {
        self.audience = audience
        self.limit = limit
    }

    /// No credentials.
    package static func anyone(_ limit: RateLimit) -> Policy { Policy(.anyone, limit) }

    /// The access token of the order that the path names as `{order_id}`, or the operator's token; 120 calls a minute.
    package static var orderAccess: Policy { orderAccess(.perClient(120, per: .minute)) }

    /// The access token of the order that the path names as `{order_id}`, or the operator's token.
    package static func orderAccess(_ limit: RateLimit) -> Policy { Policy(.orderHolder, limit) }

    /// The operator's token; 600 calls a minute.
    package static var `operator`: Policy { .operator(.perClient(600, per: .minute)) }

    /// The operator's token.
    package static func `operator`(_ limit: RateLimit) -> Policy { Policy(.operator, limit) }

    /// In words, for people.
    var summary: String {
        switch audience {
        case .anyone: "Anyone"
        case .orderHolder: "The order’s access token, or the operator"
        case .operator: "The operator"
        }
    }
}

/// How often one client (one network address) may call: a token bucket that holds `count` and refills over the window.
package struct RateLimit: Sendable, Hashable {
    package enum Window: Int, Sendable {
        case second = 1
        case minute = 60
        case hour = 3600
        case day = 86_400
    }

    /// Calls in a burst and per window; nil for no limit.
    package let count: Int?
    package let window: Window

    /// At most `count` calls per window and client, which may come at once. `count` must be positive.
    package static func perClient(_ count: Int, per window: Window) -> RateLimit {
        RateLimit(count: max(count, 1), window: window)
    }

    /// For what must never be refused, such as signed webhooks.
    package static var unlimited: RateLimit { RateLimit(count: nil, window: .second) }
}

/// Who calls.
package enum Caller: Sendable, Hashable {
    /// Nobody in particular, from this network address.
    case anyone(address: String)
    /// The holder of this order's access token; the id as it stands in the path.
    case orderHolder(orderID: String)
    case `operator`

    /// Keeps apart what different callers store under the same name.
    var scope: String {
        switch self {
        case .anyone: "anyone"
        case .orderHolder(let orderID): "order:\(orderID)"
        case .operator: "operator"
        }
    }
}

/// Knows the access tokens of orders.
package protocol OrderAccessVerifier: Sendable {
    /// Whether `token` opens the order; false for an order that does not exist or an id that is none.
    func accepts(token: UTF8Text, forOrder orderID: UTF8Text) async throws -> Bool
}
