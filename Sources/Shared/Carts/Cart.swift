package import Catalog
package import Core
package import Foundation
package import Vendors

/// Where a cart is in its life.
package enum CartState: String, Hashable, Sendable, CaseIterable {
    case open
    /// It has become an order.
    case ordered
    /// What it held is in the cart of a customer who has signed in.
    case merged
}

/// What somebody means to buy, from one vendor or several.
package struct Cart: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "crt"
    /// How many lines a cart has at most, those that are saved for later included.
    package static let mostLines = 200
    /// How many units a line has.
    package static let quantity: ClosedRange<Int64> = 1...1_000
    package static let mostCoupons = 10
    /// What a coupon's code is typed like.
    package static let coupon = TextRule(1...64, .line)

    package let id: ID<Cart>
    /// Of a customer who has signed in; nil for a guest's.
    package let customer: UUID?
    package let state: CartState
    /// As they were typed.
    package let coupons: [String]
    package let notes: [CartNote]
    /// The order that it has become.
    package let order: UUID?
    /// Grows with every change.
    package let version: Int64
    package let createdAt: Date
    package let changedAt: Date
    /// Until when it is kept; moves on with every change.
    package let expiresAt: Date

    package init(
        id: ID<Cart>, customer: UUID? = nil, state: CartState = .open, coupons: [String] = [], notes: [CartNote] = [],
        order: UUID? = nil, version: Int64 = 1, createdAt: Date, changedAt: Date, expiresAt: Date
    ) {
        self.id = id
        self.customer = customer
        self.state = state
        self.coupons = coupons
        self.notes = notes
        self.order = order
        self.version = version
        self.createdAt = createdAt
        self.changedAt = changedAt
        self.expiresAt = expiresAt
    }

    func with(coupons: [String]? = nil, notes: [CartNote]? = nil) -> Cart {
        Cart(
            id: id, customer: customer, state: state, coupons: coupons ?? self.coupons, notes: notes ?? self.notes,
            order: order, version: version, createdAt: createdAt, changedAt: changedAt, expiresAt: expiresAt)
    }
}

/// One variant in a cart.
package struct CartLine: Hashable, Sendable {
    package let variant: ID<Variant>
    package var quantity: Int64
    /// Whether it waits for another time and is not ordered.
    package var isSaved: Bool
    /// What a unit cost when it was last put there.
    package var price: Money
    package let addedAt: Date

    package init(variant: ID<Variant>, quantity: Int64, isSaved: Bool = false, price: Money, addedAt: Date) {
        self.variant = variant
        self.quantity = quantity
        self.isSaved = isSaved
        self.price = price
        self.addedAt = addedAt
    }
}

/// What one vendor is told with an order, and what a gift of theirs is to say.
package struct CartNote: Hashable, Sendable {
    /// What either must be like.
    package static let text = TextRule(0...500, .lines)
    /// How many vendors are told something.
    package static let most = 50

    package let vendor: ID<Vendor>
    package let note: String
    package let giftMessage: String

    package init(vendor: ID<Vendor>, note: String = "", giftMessage: String = "") {
        self.vendor = vendor
        self.note = note
        self.giftMessage = giftMessage
    }

    var isEmpty: Bool { note.isEmpty && giftMessage.isEmpty }
}

extension Problem {
    package static let cartClosed = Problem.conflict(
        "cart-closed", title: "The cart is closed", detail: "It was ordered, or its lines went to another cart")

    static func mixedCurrencies(_ one: Currency, _ other: Currency) -> Problem {
        var problem = Problem.conflict(
            "mixed-currencies", title: "A cart holds one currency",
            detail: "This is sold in \(one), the rest of the cart in \(other); order that first, or save it for later")
        problem.extensions = ["currency": .string(one.code), "cart_currency": .string(other.code)]
        return problem
    }
}
