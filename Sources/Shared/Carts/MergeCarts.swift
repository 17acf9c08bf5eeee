package import Catalog
package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// What a customer's cart has become with a guest's in it.
package struct MergedCart: Sendable {
    package let cart: ReviewedCart
    package let dropped: [DroppedLine]

    package init(cart: ReviewedCart, dropped: [DroppedLine]) {
        self.cart = cart
        self.dropped = dropped
    }
}

/// A line of a guest's cart that is in no cart any more.
package struct DroppedLine: Hashable, Sendable {
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// It is not for sale any more.
        case gone
        /// The customer's cart is in another currency.
        case otherCurrency = "other_currency"
        /// The customer's cart is full.
        case full
    }

    package let variant: ID<Variant>
    package let reason: Reason

    package init(variant: ID<Variant>, reason: Reason) {
        self.variant = variant
        self.reason = reason
    }
}

/// Puts what somebody has gathered as a guest into the cart of the account that they have signed in to.
package struct MergeCarts: Sendable {
    private let store = CartStore()
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let settings: CartSettings

    package init(ids: UUIDv7Generator, clock: some WallClock, settings: CartSettings = CartSettings()) {
        self.ids = ids
        self.clock = clock
        self.settings = settings
    }

    /// Variants that both have are added up, as far as one order takes; what the one guest's cart held is there once, however often
    /// this is repeated.
    /// - Parameter token: of the guest's cart.
    /// - Throws: `Problem`: 422 where it opens none; 409 ("cart-closed") where that was ordered; `PostgresError`.
    package func callAsFunction(
        _ token: UTF8Text, by principal: Principal, in work: UnitOfWork
    ) async throws -> MergedCart {
        let account = try principal.requireSignedIn().account
        let now = clock.now.roundedToMicroseconds
        guard let opened = try await store.cart(opening: token, at: now, in: work),
            // Guests' carts are locked before customers' by all who lock both.
            let guest = try await store.hold(opened.id, at: now, visibleTo: .everything, in: work)
        else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "/cart_token", code: "unknown", message: "opens no cart")
            ])
        }
        guard guest.state != .ordered else { throw Problem.cartClosed }
        let own = try await store.obtain(
            Cart(
                id: ID(uuid: ids.next()), customer: account.uuid, createdAt: now, changedAt: now,
                expiresAt: now.addingTimeInterval(settings.lifetime)), in: work)
        let items = try await store.items(of: own.id, at: now, in: work)
        guard guest.state == .open else { return MergedCart(cart: ReviewedCart(own, items), dropped: []) }
        var merge = CartMerge(into: items)
        for item in try await store.items(of: guest.id, at: now, in: work) { merge.take(item) }
        return try await finish(merge, guest, into: own, at: now, in: work)
    }

    private func finish(
        _ merge: CartMerge, _ guest: Cart, into own: Cart, at now: Date, in work: UnitOfWork
    ) async throws -> MergedCart {
        let grown = try await store.open(
            own.id, version: nil, until: now.addingTimeInterval(settings.lifetime), at: now, visibleTo: .everything,
            in: work)
        let known = Set(own.notes.map(\.vendor))
        let codes = Set(own.coupons.map { UTF8Text($0).lowercasedASCII })
        let notes = own.notes + guest.notes.filter { !known.contains($0.vendor) }
        let coupons = own.coupons + guest.coupons.filter { !codes.contains(UTF8Text($0).lowercasedASCII) }
        let cart = (grown ?? own).with(
            coupons: Array(coupons.prefix(Cart.mostCoupons)), notes: Array(notes.prefix(CartNote.most)))
        try await store.put(merge.changed, into: own.id, in: work)
        try await store.update(cart, in: work)
        try await store.close(guest.id, as: .merged, at: now, in: work)
        return MergedCart(cart: ReviewedCart(cart, merge.items), dropped: merge.dropped)
    }
}

/// Two carts on their way to one.
struct CartMerge: Sendable {
    private(set) var items: [CartItem]
    private(set) var changed: [CartLine] = []
    private(set) var dropped: [DroppedLine] = []

    init(into items: [CartItem]) { self.items = items }

    /// Takes over a line of a guest's cart.
    mutating func take(_ item: CartItem) {
        let line = item.line
        guard let listing = item.listing else { return drop(line, .gone) }
        let currency = ReviewedCart.currency(of: items)
        if !line.isSaved, let currency, listing.price.currency != currency { return drop(line, .otherCurrency) }
        guard let place = items.firstIndex(where: { $0.line.variant == line.variant }) else {
            guard items.count < Cart.mostLines else { return drop(line, .full) }
            items.append(item)
            changed.append(line)
            return
        }
        let most = min(listing.quantityPerOrder.maximum ?? .max, Cart.quantity.upperBound)
        var merged = items[place].line
        merged.quantity = max(merged.quantity, min(merged.quantity + line.quantity, most))
        // What is wanted now in either cart is wanted now.
        merged.isSaved = merged.isSaved && line.isSaved
        items[place].line = merged
        changed.append(merged)
    }

    private mutating func drop(_ line: CartLine, _ reason: DroppedLine.Reason) {
        dropped.append(DroppedLine(variant: line.variant, reason: reason))
    }
}
