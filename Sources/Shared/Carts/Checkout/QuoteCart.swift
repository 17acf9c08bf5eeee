package import Addresses
package import Core
import Foundation
package import Identity
package import Orders
package import Postgres
package import Shipping

/// What a cart would come to.
package struct CartQuote: Sendable {
    package let cart: ReviewedCart
    package let order: OrderQuote
    /// Where its goods go; nil where that is not known yet, or nothing is shipped.
    package let destination: ShippingDestination?

    package init(cart: ReviewedCart, order: OrderQuote, destination: ShippingDestination? = nil) {
        self.cart = cart
        self.order = order
        self.destination = destination
    }
}

/// Says what a cart would come to, without ordering anything.
package struct QuoteCart: Sendable {
    private let store = CartStore()
    private let quote: QuoteOrder
    private let rules: CheckoutRules
    private let clock: any WallClock

    package init(quote: QuoteOrder, places: KnownPlaces, clock: some WallClock) {
        self.quote = quote
        self.clock = clock
        rules = CheckoutRules(known: places, clock: clock)
    }

    /// - Throws: `Problem`: 404; 409 ("cart-closed", "cart-not-orderable"); 422 with every field that is not acceptable;
    ///   `PostgresError`.
    package func callAsFunction(
        _ id: ID<Cart>, _ checkout: CartCheckout, by principal: Principal, in executor: some PostgresExecutor
    ) async throws -> CartQuote {
        let now = clock.now
        guard let cart = try await store.reviewed(id, at: now, visibleTo: principal.visibility, in: executor) else {
            throw Problem.notFound("cart")
        }
        try cart.checkOrderable()
        let checked = try await rules.checked(checkout, in: executor)
        return CartQuote(
            cart: cart,
            order: try await quote(
                cart.wish(checkout, checked, account: cart.cart.customer), at: now, in: executor),
            destination: checked.destination)
    }
}
