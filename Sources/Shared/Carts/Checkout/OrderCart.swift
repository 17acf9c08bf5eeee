package import Addresses
package import Core
import Foundation
package import Identity
import Inventory
package import Jobs
package import Orders
import Postgres

/// The order that a cart has become.
package struct OrderedCart: Sendable {
    package let order: OrderDetails
    /// Opens the order; nil where a key of the installation is gone with which it was made.
    package let accessToken: AccessToken?

    package init(order: OrderDetails, accessToken: AccessToken?) {
        self.order = order
        self.accessToken = accessToken
    }
}

/// Orders what is in a cart: all of it, at once, for the total that the customer was shown. However often and at once it is asked for,
/// the cart becomes one order, and everybody gets that one.
package struct OrderCart: Sendable {
    private let store = CartStore()
    private let orders = OrderStore()
    private let place: PlaceOrder
    private let tokens: OrderTokens
    private let rules: CheckoutRules
    private let clock: any WallClock

    package init(place: PlaceOrder, tokens: OrderTokens, places: KnownPlaces, clock: some WallClock) {
        self.place = place
        self.tokens = tokens
        self.clock = clock
        rules = CheckoutRules(known: places, clock: clock)
    }

    /// - Throws: `Problem`: 404; 409 ("cart-closed", "cart-not-orderable", "price-changed", "not-deliverable", "lines-refused"); 422 with
    ///   every field that is not acceptable; `InsufficientStock`, which says what is left of each line; `CashOnDeliveryRefused`;
    ///   `UnpaidLimitReached`; `PromotionExhausted`; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Cart>, _ checkout: CartCheckout, by principal: Principal, in work: UnitOfWork
    ) async throws -> OrderedCart {
        let now = clock.now.roundedToMicroseconds
        guard let cart = try await store.hold(id, at: now, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("cart")
        }
        if let order = cart.order { return try await earlier(ID(uuid: order), in: work) }
        let reviewed = ReviewedCart(cart, try await store.items(of: id, at: now, in: work))
        try reviewed.checkStock()
        try reviewed.checkOrderable()
        let checked = try await rules.checked(checkout, in: work)
        guard let email = checked.email else {
            throw Problem.invalidInput([FieldProblem(pointer: "/email", code: "required", message: "is required")])
        }
        let placed = try await place(
            NewOrder(
                email: email.rawValue, customerName: checkout.customerName, phone: checked.phone?.rawValue,
                lines: reviewed.orderLines, shippingAddress: checked.address, destination: checked.destination,
                shipping: checkout.shipping, coupons: cart.coupons, paymentMethod: checkout.paymentMethod,
                notes: cart.notes.map { VendorNote(vendor: $0.vendor, note: $0.note, giftMessage: $0.giftMessage) },
                expectedTotal: checkout.expectedTotal),
            account: cart.customer, tokens: tokens, by: principal, in: work)
        try await store.close(id, as: .ordered, order: placed.order.id.uuid, at: now, in: work)
        return OrderedCart(order: placed.details, accessToken: placed.accessToken)
    }

    private func earlier(_ id: ID<Order>, in work: UnitOfWork) async throws -> OrderedCart {
        guard let details = try await orders.details(id, visibleTo: .everything, in: work) else {
            throw Problem.notFound("order")
        }
        return OrderedCart(order: details, accessToken: tokens.token(opening: details.order))
    }
}

extension ReviewedCart {
    /// - Throws: `InsufficientStock` where nothing else is wrong than that too few are left.
    fileprivate func checkStock() throws(InsufficientStock) {
        let blocking = (lines + gone).flatMap(\.problems).filter(\.isBlocking)
        let isStockAlone =
            !blocking.isEmpty && blocking.allSatisfy { if case .insufficientStock = $0 { true } else { false } }
        guard isStockAlone else { return }
        throw InsufficientStock(
            lines: lines.map {
                InsufficientStock.Line(
                    variant: $0.line.variant, requested: $0.line.quantity, available: $0.listing?.available ?? 0)
            })
    }
}
