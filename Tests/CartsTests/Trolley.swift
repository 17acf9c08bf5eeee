import Carts
import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Postgres
import Vendors

/// The carts of one test.
struct Trolley: Sendable {
    let market: Marketplace
    let edit: EditCart
    let merge: MergeCarts
    let settings = CartSettings()

    static func open(connections: Int = 8, _ body: @escaping @Sendable (Trolley) async throws -> Void) async throws {
        try await Marketplace.open(connections: connections) { try await body(Trolley($0)) }
    }

    init(_ market: Marketplace) {
        self.market = market
        edit = EditCart(ids: market.ids, clock: market.clock)
        merge = MergeCarts(ids: market.ids, clock: market.clock)
    }

    static let nobody = Principal.nobody(network: "192.0.2.1")

    /// A guest's cart, whoever it is opened by, and its token.
    func guest() async throws -> (cart: ID<Cart>, guest: Principal, token: UTF8Text) {
        let made = try await market.work { try await edit.make(by: Self.nobody, in: $0) }
        guard let token = made.token else { throw Problem.notFound("token") }
        let id = made.cart.cart.id
        return (id, .guest(ofCart: id.uuid), UTF8Text(token.text.reveal()))
    }

    /// Somebody who has signed in.
    func customer() async throws -> Principal {
        let (account, session) = (UUID(), UUID())
        try await market.owner.execute(
            """
            INSERT INTO accounts (id, email, locale, created_at, updated_at)
            VALUES (\(account), \("\(account.uuidString)@example.com"), 'en', now(), now())
            """)
        return Principal(SignedIn(session: ID(uuid: session), account: ID(uuid: account)))
    }

    @discardableResult
    func add(
        _ quantity: Int64 = 1, of variant: Variant, to cart: ID<Cart>, by principal: Principal
    ) async throws -> ReviewedCart {
        try await market.work {
            try await edit.add(quantity, of: variant.id, to: cart, by: principal, in: $0)
        }
    }

    @discardableResult
    func set(
        _ variant: Variant, quantity: Int64? = nil, isSaved: Bool? = nil, of cart: ID<Cart>, version: Int64? = nil,
        by principal: Principal
    ) async throws -> ReviewedCart {
        try await market.work {
            try await edit.set(
                variant.id, quantity: quantity, isSaved: isSaved, of: cart, version: version, by: principal, in: $0)
        }
    }

    func read(_ cart: ID<Cart>, by principal: Principal) async throws -> ReviewedCart? {
        try await CartStore().reviewed(
            cart, at: market.clock.now, visibleTo: principal.visibility, in: market.client)
    }

    /// The type of the problem that something ends with; nil where it ends well.
    func refusal(_ body: @Sendable () async throws -> Void) async throws -> Problem? {
        do {
            try await body()
            return nil
        } catch let error as any ProblemConvertible {
            return error.problem
        }
    }
}
