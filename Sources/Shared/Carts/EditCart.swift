package import Catalog
package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
package import Vendors

/// A cart that was just made, and the token that opens a guest's.
package struct MadeCart: Sendable {
    package let cart: ReviewedCart
    /// nil for customers who have signed in; shown once.
    package let token: OpaqueToken?
}

/// Makes carts and changes what they hold. A cart is its owner's to fill, and leaves no audit trail before it is ordered.
package struct EditCart: Sendable {
    private let store = CartStore()
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let settings: CartSettings
    private let randomness: @Sendable () -> any RandomNumberGenerator

    package init(
        ids: UUIDv7Generator, clock: some WallClock, settings: CartSettings = CartSettings(),
        randomness: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
    ) {
        self.ids = ids
        self.clock = clock
        self.settings = settings
        self.randomness = randomness
    }

    /// An empty cart for a guest; for a customer who has signed in the one that is open, or a new one.
    /// - Throws: `PostgresError`.
    package func make(by principal: Principal, in work: UnitOfWork) async throws -> MadeCart {
        let now = clock.now.roundedToMicroseconds
        let fresh = Cart(
            id: ID(uuid: ids.next()), customer: principal.account, createdAt: now, changedAt: now,
            expiresAt: expiry(now))
        if principal.account != nil {
            let cart = try await store.obtain(fresh, in: work)
            let items = try await store.items(of: cart.id, at: now, in: work)
            return MadeCart(cart: ReviewedCart(cart, items), token: nil)
        }
        var generator = randomness()
        let token = OpaqueToken(.cart, using: &generator)
        try await store.insert(fresh, tokenHash: token.hash, in: work)
        return MadeCart(cart: ReviewedCart(fresh, []), token: token)
    }

    /// Puts units of a variant beside those that are there. Such additions of several at once all count.
    /// - Throws: `Problem`: 404; 409 ("cart-closed", "mixed-currencies"); 422 for what is not for sale, or not in this quantity;
    ///   `PostgresError`.
    package func add(
        _ quantity: Int64, of variant: ID<Variant>, to cart: ID<Cart>, by principal: Principal, in work: UnitOfWork
    ) async throws -> ReviewedCart {
        try await change(cart, version: nil, besides: variant, by: principal, in: work) { edit in
            guard let listing = edit.listing else { throw Self.notForSale }
            let old = edit.line(of: variant)
            let (sum, overflow) = (old?.quantity ?? 0).addingReportingOverflow(quantity)
            try Self.check(overflow ? .max : sum, listing.quantityPerOrder)
            try edit.put(
                CartLine(
                    variant: variant, quantity: sum, price: listing.price,
                    addedAt: old?.addedAt ?? clock.now.roundedToMicroseconds))
        }
    }

    /// Sets how many units of a variant a cart has, and whether they are saved for later. What a unit costs now is what it costs from
    /// here on.
    /// - Parameters:
    ///   - quantity: nil leaves it. Likewise `isSaved`.
    ///   - version: that of the cart that the editor saw; nil edits whatever there is.
    /// - Throws: `Problem`: 404; 409 ("cart-closed", "mixed-currencies"); 412 ("version-mismatch"); 422; `PostgresError`.
    package func set(
        _ variant: ID<Variant>, quantity: Int64?, isSaved: Bool?, of cart: ID<Cart>, version: Int64?,
        by principal: Principal, in work: UnitOfWork
    ) async throws -> ReviewedCart {
        try await change(cart, version: version, besides: variant, by: principal, in: work) { edit in
            guard var line = edit.line(of: variant) else { throw Problem.notFound("line") }
            if let quantity {
                guard let listing = edit.listing else { throw Self.notForSale }
                try Self.check(quantity, listing.quantityPerOrder)
                line.quantity = quantity
            }
            if let isSaved { line.isSaved = isSaved }
            if let price = edit.listing?.price { line.price = price }
            try edit.put(line)
        }
    }

    /// Takes a variant out of a cart; nothing where it is not there.
    /// - Throws: `Problem`: 404; 409 ("cart-closed"); `PostgresError`.
    package func remove(
        _ variant: ID<Variant>, from cart: ID<Cart>, by principal: Principal, in work: UnitOfWork
    ) async throws -> ReviewedCart {
        try await change(cart, version: nil, besides: variant, by: principal, in: work) { $0.remove(variant) }
    }

    /// Says what a vendor is told with the order; nothing where both texts are empty.
    /// - Throws: `Problem`: 404; 409 ("cart-closed"); 422; `PostgresError`.
    package func note(
        _ note: CartNote, on cart: ID<Cart>, by principal: Principal, in work: UnitOfWork
    ) async throws -> ReviewedCart {
        var check = InputCheck()
        check.text("/note", note.note, CartNote.text)
        check.text("/gift_message", note.giftMessage, CartNote.text)
        try check.finish()
        return try await change(cart, version: nil, by: principal, in: work) { edit in
            var notes = edit.cart.notes.filter { $0.vendor != note.vendor }
            if !note.isEmpty { notes.append(note) }
            guard notes.count <= CartNote.most else {
                throw Self.refused("", "too_many", "at most \(CartNote.most) vendors are told something")
            }
            edit.cart = edit.cart.with(notes: notes)
        }
    }

    /// Notes a coupon's code; what it comes to is told by a quote.
    /// - Throws: `Problem`: 404; 409 ("cart-closed"); 422; `PostgresError`.
    package func add(
        coupon: String, to cart: ID<Cart>, by principal: Principal, in work: UnitOfWork
    ) async throws -> ReviewedCart {
        var check = InputCheck()
        check.text("/code", coupon, Cart.coupon)
        try check.finish()
        return try await change(cart, version: nil, by: principal, in: work) { edit in
            let others = edit.cart.coupons.filter { !Self.isSame($0, coupon) }
            guard others.count < Cart.mostCoupons else {
                throw Self.refused("/code", "too_many", "a cart has at most \(Cart.mostCoupons) coupons")
            }
            edit.cart = edit.cart.with(coupons: others + [coupon])
        }
    }

    /// - Throws: `Problem`: 404; 409 ("cart-closed"); `PostgresError`.
    package func remove(
        coupon: String, from cart: ID<Cart>, by principal: Principal, in work: UnitOfWork
    ) async throws -> ReviewedCart {
        try await change(cart, version: nil, by: principal, in: work) { edit in
            edit.cart = edit.cart.with(coupons: edit.cart.coupons.filter { !Self.isSame($0, coupon) })
        }
    }

    private func change(
        _ id: ID<Cart>, version: Int64?, besides variant: ID<Variant>? = nil, by principal: Principal,
        in work: UnitOfWork, _ body: (inout CartEdit) throws -> Void
    ) async throws -> ReviewedCart {
        let (now, reach) = (clock.now.roundedToMicroseconds, principal.visibility)
        guard
            let cart = try await store.open(
                id, version: version, until: expiry(now), at: now, visibleTo: reach, in: work)
        else {
            guard let found = try await store.cart(id, at: now, visibleTo: reach, in: work) else {
                throw Problem.notFound("cart")
            }
            throw found.state == .open ? Problem.versionMismatch(current: found.version) : Problem.cartClosed
        }
        var edit: CartEdit
        if let variant {
            let found = try await store.items(of: id, besides: variant, at: now, in: work)
            edit = CartEdit(cart: cart, items: found.items, listing: found.listing)
        } else {
            edit = CartEdit(cart: cart, items: try await store.items(of: id, at: now, in: work), listing: nil)
        }
        try body(&edit)
        try await store.put(edit.changed, into: id, in: work)
        try await store.remove(edit.removed, from: id, in: work)
        if edit.cart != cart { try await store.update(edit.cart, in: work) }
        return ReviewedCart(edit.cart, edit.items)
    }

    private func expiry(_ now: Date) -> Date { now.addingTimeInterval(settings.lifetime) }

    private static func check(_ quantity: Int64, _ allowed: QuantityPerOrder) throws(Problem) {
        var check = InputCheck()
        let most = min(allowed.maximum ?? .max, Cart.quantity.upperBound)
        check.number("/quantity", quantity, in: 1...max(most, 1))
        try check.finish()
    }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        UTF8Text(one).lowercasedASCII == UTF8Text(other).lowercasedASCII
    }

    private static func refused(_ pointer: String, _ code: String, _ message: String) -> Problem {
        .invalidInput([FieldProblem(pointer: pointer, code: code, message: message)])
    }

    private static let notForSale = refused("/variant_id", "not_for_sale", "there is no such variant for sale")
}

/// A cart that is held, and what is to be changed of it.
private struct CartEdit {
    var cart: Cart
    private(set) var items: [CartItem]
    /// What is for sale under the variant that it is about.
    let listing: CartListing?
    private(set) var changed: [CartLine] = []
    private(set) var removed: [ID<Variant>] = []

    init(cart: Cart, items: [CartItem], listing: CartListing?) {
        self.cart = cart
        self.items = items
        self.listing = listing
    }

    func line(of variant: ID<Variant>) -> CartLine? { items.first { $0.line.variant == variant }?.line }

    /// - Throws: a 409 `Problem` ("mixed-currencies"); 422 where the cart is full.
    mutating func put(_ line: CartLine) throws(Problem) {
        let others = items.filter { $0.line.variant != line.variant }
        if !line.isSaved, let own = listing?.price.currency, let theirs = ReviewedCart.currency(of: others),
            own != theirs
        {
            throw .mixedCurrencies(own, theirs)
        }
        if let place = items.firstIndex(where: { $0.line.variant == line.variant }) {
            items[place].line = line
        } else {
            guard items.count < Cart.mostLines else {
                throw .invalidInput([
                    FieldProblem(pointer: "", code: "too_many", message: "a cart has at most \(Cart.mostLines) lines")
                ])
            }
            items.append(CartItem(line: line, listing: listing))
        }
        changed.append(line)
    }

    mutating func remove(_ variant: ID<Variant>) {
        guard items.contains(where: { $0.line.variant == variant }) else { return }
        items.removeAll { $0.line.variant == variant }
        removed.append(variant)
    }
}
