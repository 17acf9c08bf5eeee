import Catalog
package import Core
package import Foundation
package import Identity
package import Postgres
import Vendors

/// All SQL about carts.
package struct CartStore: Sendable {
    package init() {}

    /// A cart with what is for sale under its lines at a time; nil where there is none within reach.
    package func reviewed(
        _ id: ID<Cart>, at time: Date, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ReviewedCart? {
        guard let cart = try await executor.queryOne(CartSQL.one(id, at: time, visibleTo: visibility), as: Cart.self)
        else { return nil }
        return ReviewedCart(cart, try await items(of: id, at: time, in: executor))
    }

    /// A page of carts, the newest first.
    package func carts(
        in state: CartState? = nil, page: PageRequest, at time: Date, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<Cart> {
        try await page.newestFirst("carts", by: \.id) { before, limit in
            try await executor.query(
                CartSQL.list(state: state, at: time, visibleTo: visibility, before: before, limit: limit), as: Cart.self
            )
        }
    }

    /// The cart that a guest's token opens, whatever became of it.
    package func cart(
        opening token: UTF8Text, at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Cart? {
        try await executor.queryOne(CartSQL.opened(by: OpaqueToken.hash(token), at: time), as: Cart.self)
    }

    /// A new cart of a guest.
    func insert(_ cart: Cart, tokenHash: [UInt8], in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.deferInsert(CartSQL.insert(cart, tokenHash: tokenHash))
    }

    /// The customer's open cart, which is `cart` where they had none. Whoever else would change it waits.
    func obtain(_ cart: Cart, in transaction: some PostgresExecutor) async throws(PostgresError) -> Cart {
        guard let stored = try await transaction.queryOne(CartSQL.obtain(cart), as: Cart.self) else {
            throw .decoding("the customer's cart did not come back")
        }
        return stored
    }

    /// The cart, whose version grows, for a change; whoever else would change it waits until the transaction is over.
    /// - Parameter version: the only one that is changed; nil for whatever there is.
    /// - Returns: nil where there is none within reach, it is not open, or its version is another one.
    func open(
        _ id: ID<Cart>, version: Int64?, until expiry: Date, at time: Date, visibleTo visibility: Visibility,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Cart? {
        try await transaction.queryOne(
            CartSQL.change(id, version: version, until: expiry, at: time, visibleTo: visibility), as: Cart.self)
    }

    /// The cart, whatever its state; whoever would change it waits until the transaction is over.
    package func hold(
        _ id: ID<Cart>, at time: Date, visibleTo visibility: Visibility, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Cart? {
        try await transaction.queryOne(
            CartSQL.one(id, at: time, visibleTo: visibility, isLocking: true), as: Cart.self)
    }

    /// The cart as it is, for those who could not change it.
    func cart(
        _ id: ID<Cart>, at time: Date, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Cart? {
        try await executor.queryOne(CartSQL.one(id, at: time, visibleTo: visibility), as: Cart.self)
    }

    /// The cart's lines in the order in which they were added, with what is for sale under them.
    func items(
        of cart: ID<Cart>, at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [CartItem] {
        try await executor.query(CartItemSQL.items(of: cart, at: time), as: CartItemRow.self).compactMap(\.item)
    }

    /// The same, and what is for sale under one more variant; that is nil where nothing is.
    func items(
        of cart: ID<Cart>, besides variant: ID<Variant>, at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> (items: [CartItem], listing: CartListing?) {
        let rows = try await executor.query(
            CartItemSQL.items(of: cart, besides: variant, at: time), as: CartItemRow.self)
        return (rows.compactMap(\.item), rows.first { $0.variant == variant }?.listing)
    }

    /// Puts lines into a cart that is held, in place of those of the same variants.
    func put(
        _ lines: [CartLine], into cart: ID<Cart>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        guard !lines.isEmpty else { return }
        try await transaction.deferUpdate(CartSQL.put(lines, into: cart))
    }

    func remove(
        _ variants: [ID<Variant>], from cart: ID<Cart>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        guard !variants.isEmpty else { return }
        try await transaction.deferUpdate(CartSQL.remove(variants, from: cart))
    }

    /// Sets coupons and notes of a cart that is held.
    func update(_ cart: Cart, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.deferUpdate(CartSQL.update(cart))
    }

    /// Closes a cart that is held.
    package func close(
        _ id: ID<Cart>, as state: CartState, order: UUID? = nil, at time: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.deferUpdate(CartSQL.close(id, as: state, order: order, at: time))
    }
}

extension Cart: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let state: String = try row.decode("state")
        guard let state = CartState(rawValue: state) else { throw .decoding("a cart is \(state)") }
        let notes: JSONValue = try row.decode("notes")
        self.init(
            id: try row.decode("id"), customer: try row.decode("customer_id"), state: state,
            coupons: try row.decode("coupons"), notes: notes.arrayValue?.compactMap(CartNote.init(json:)) ?? [],
            order: try row.decode("order_id"), version: try row.decode("version"),
            createdAt: try row.decode("created_at"), changedAt: try row.decode("changed_at"),
            expiresAt: try row.decode("expires_at"))
    }
}

extension CartNote {
    fileprivate init?(json: JSONValue) {
        guard let text = json["vendor_id"]?.textValue?.string, let vendor = ID<Vendor>(text) else { return nil }
        self.init(
            vendor: vendor, note: json["note"]?.textValue?.string ?? "",
            giftMessage: json["gift_message"]?.textValue?.string ?? "")
    }

    fileprivate var json: JSONValue {
        ["vendor_id": .string(vendor.description), "note": .string(note), "gift_message": .string(giftMessage)]
    }
}

private enum CartSQL {
    static let columns =
        "id, customer_id, state, coupons, notes, order_id, version, created_at, changed_at, expires_at"

    private static func isVisible(to visibility: Visibility, _ parameter: String) -> String {
        visibility.condition(parameter, customer: "customer_id = \(parameter)", cart: "id = \(parameter)")
    }

    static func one(
        _ id: ID<Cart>, at time: Date, visibleTo visibility: Visibility, isLocking: Bool = false
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM carts WHERE id = $1 AND expires_at > $2 AND \(isVisible(to: visibility, "$3"))
                \(isLocking ? "FOR UPDATE" : "")
                """,
            parameters: [id, time, visibility.subject])
    }

    static func list(
        state: CartState?, at time: Date, visibleTo visibility: Visibility, before: ID<Cart>?, limit: Int
    ) -> PostgresStatement {
        let inState = OptionalFilter.equals("state", state)
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM carts
                WHERE \(inState) AND \(fromCursor) AND expires_at > $4 AND \(isVisible(to: visibility, "$3"))
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject, time])
    }

    static func opened(by hash: [UInt8], at time: Date) -> PostgresStatement {
        PostgresStatement(
            sql: "SELECT \(columns) FROM carts WHERE token_hash = $1 AND expires_at > $2", parameters: [hash, time])
    }

    static func insert(_ cart: Cart, tokenHash: [UInt8]) -> PostgresStatement {
        """
        INSERT INTO carts (id, token_hash, created_at, changed_at, expires_at)
        VALUES (\(cart.id), \(tokenHash), \(cart.createdAt), \(cart.changedAt), \(cart.expiresAt))
        """
    }

    static func obtain(_ cart: Cart) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO carts (id, customer_id, created_at, changed_at, expires_at) VALUES ($1, $2, $3, $3, $4)
                ON CONFLICT (customer_id) WHERE state = 'open' AND customer_id IS NOT NULL
                DO UPDATE SET expires_at = excluded.expires_at RETURNING \(columns)
                """,
            parameters: [cart.id, cart.customer, cart.createdAt, cart.expiresAt])
    }

    static func change(
        _ id: ID<Cart>, version: Int64?, until expiry: Date, at time: Date, visibleTo visibility: Visibility
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                UPDATE carts SET version = version + 1, changed_at = $2, expires_at = $3, abandoned_at = NULL
                WHERE id = $1 AND state = 'open' AND expires_at > $2 AND version = coalesce($4, version)
                    AND \(isVisible(to: visibility, "$5"))
                RETURNING \(columns)
                """,
            parameters: [id, time, expiry, version, visibility.subject])
    }

    static func put(_ lines: [CartLine], into cart: ID<Cart>) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO cart_lines (cart_id, variant_id, quantity, is_saved, unit_price_minor, currency, added_at)
                SELECT $1, * FROM unnest($2::uuid[], $3::int8[], $4::bool[], $5::int8[], $6::text[], $7::timestamptz[])
                ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = excluded.quantity, is_saved = excluded.is_saved,
                    unit_price_minor = excluded.unit_price_minor, currency = excluded.currency
                """,
            parameters: [
                cart, lines.map(\.variant), lines.map(\.quantity), lines.map(\.isSaved), lines.map(\.price.minorUnits),
                lines.map(\.price.currency), lines.map(\.addedAt),
            ])
    }

    static func remove(_ variants: [ID<Variant>], from cart: ID<Cart>) -> PostgresStatement {
        PostgresStatement(
            sql: "DELETE FROM cart_lines WHERE cart_id = $1 AND variant_id = ANY ($2::uuid[])",
            parameters: [cart, variants])
    }

    static func update(_ cart: Cart) -> PostgresStatement {
        PostgresStatement(
            sql: "UPDATE carts SET coupons = $2, notes = $3 WHERE id = $1",
            parameters: [cart.id, cart.coupons, JSONValue.array(cart.notes.map(\.json))])
    }

    static func close(_ id: ID<Cart>, as state: CartState, order: UUID?, at time: Date) -> PostgresStatement {
        PostgresStatement(
            sql: """
                UPDATE carts SET state = $2, order_id = $3, changed_at = $4, version = version + 1 WHERE id = $1
                """,
            parameters: [id, state.rawValue, order, time])
    }
}
