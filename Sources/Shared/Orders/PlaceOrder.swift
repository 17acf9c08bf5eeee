package import Addresses
import Catalog
package import Core
package import Foundation
package import Identity
import Inventory
package import Jobs
package import Pricing
import Shipping
import Vendors

/// An order that was just placed, and the token that opens it.
package struct PlacedOrder: Sendable {
    package let details: OrderDetails
    /// Shown once; only its hash is stored.
    package let accessToken: AccessToken

    package var order: Order { details.order }
    package var lines: [OrderLine] { details.lines }
}

/// Takes an order: prices it, holds its units and records it.
package struct PlaceOrder: Sendable {
    private let quote: QuoteOrder
    private let stock = StockStore()
    private let store = OrderStore()
    private let destinations: OrderDestinations
    private let redemptions = PromotionRedemptions()
    private let markPaid: MarkOrderPaid
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let reservations: ReservationSettings
    private let randomness: @Sendable () -> any RandomNumberGenerator

    /// - Parameters:
    ///   - rules: what prices are made by; nil for a cache of its own.
    ///   - places: by which regions are known; nil for a cache of its own.
    package init(
        audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock, rules: PricingRulesCache? = nil,
        places: KnownPlaces? = nil,
        reservations: ReservationSettings = ReservationSettings(),
        randomness: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
    ) {
        quote = QuoteOrder(rules: rules ?? PricingRulesCache(clock: clock))
        destinations = OrderDestinations(known: places ?? KnownPlaces(clock: clock), clock: clock)
        self.audit = audit
        markPaid = MarkOrderPaid(audit: audit)
        self.ids = ids
        self.clock = clock
        self.reservations = reservations
        self.randomness = randomness
    }

    /// - Throws: `Problem`: 422 with every field that is not acceptable, 409 ("price-changed", "not-deliverable", "lines-refused");
    ///   `InsufficientStock`, which says what is left of each line; `UnpaidLimitReached`; `CashOnDeliveryRefused`;
    ///   `PromotionExhausted`; `PostgresError`.
    package func callAsFunction(
        _ new: NewOrder, by principal: Principal, in work: UnitOfWork
    ) async throws -> PlacedOrder {
        try await callAsFunction(new, account: principal.account, by: principal, in: work)
    }

    /// The same for whom the order is to be another's than whose calls.
    /// - Parameters:
    ///   - account: whose order it is; nil for a guest's.
    ///   - tokens: what makes a token that can be told once more; nil for one that can't.
    package func callAsFunction(
        _ new: NewOrder, account: UUID?, tokens: OrderTokens? = nil, by principal: Principal, in work: UnitOfWork
    ) async throws -> PlacedOrder {
        let customer = try new.checkedCustomer(account: account)
        let now = clock.now.roundedToMicroseconds
        let destination = try await destinations.destination(of: new, in: work)
        let quoted = try await quote(new.wish(of: customer, to: destination), at: now, in: work)
        try new.checkAddress(for: quoted.offers)
        try quoted.checkOrderable()
        if let expected = new.expectedTotal, expected != quoted.total { throw Self.priceChanged(quoted.total) }
        let id = ID<Order>(uuid: ids.next())
        let token = tokens?.token(of: id) ?? makeAccessToken()
        let assembly = OrderAssembly(new: new, quote: quoted, ids: ids, reservations: reservations)
        let draft = try assembly.draft(id, of: customer, token: token, at: now)
        let claim = claim(of: customer, principal)
        let order = try await store.insert(draft, taking: claim?.locks ?? [], in: work)
        try work.publish(OrderPlaced(orderID: order.id, reservationExpiresAt: order.reservationExpiresAt))
        try await redemptions.redeem(
            quoted.priced.promotions, for: id.uuid, by: OrderWish.Buyer(customer).keys, at: now, in: work)
        // Last, so that the stock rows, which other buyers wait for, are locked only for a moment.
        try work.publish(
            await stock.reserve(
                new.lines.map { StockQuantity(variant: $0.variant, quantity: $0.quantity) }, for: order.holder,
                until: order.reservationExpiresAt, by: claim, in: work))
        if order.confirmedAt != nil {
            try await stock.commit(order.holder, in: work)
            try work.publish(OrderConfirmed(of: draft.lines, in: order.id))
        }
        try await audit.append(record(of: order, lines: draft.lines, by: principal.actor), in: work)
        return PlacedOrder(
            details: draft.details(of: try await paidIfFree(order, by: principal.actor, in: work)), accessToken: token)
    }

    /// Nil for those whom the marketplace trusts: its own people, and shops that order for their customers.
    private func claim(of customer: Order.Customer, _ principal: Principal) -> UnpaidClaim? {
        guard !principal.may(.ordersReserveFreely) else { return nil }
        let client: String? =
            switch principal.kind {
            case .nobody(let network), .cartToken(_, let network): "network:\(network)"
            case .orderToken: nil
            default: principal.scope
            }
        return UnpaidClaim(client: client, email: customer.email, settings: reservations)
    }

    private func makeAccessToken() -> AccessToken {
        var generator = randomness()
        return AccessToken(using: &generator)
    }

    /// There is nothing to pay for an order that costs nothing: it is paid by being placed.
    private func paidIfFree(_ order: Order, by actor: AuditActor, in work: UnitOfWork) async throws -> Order {
        guard order.total.isZero else { return order }
        let nothing = CapturedMoney(demand: nil, amount: order.total, at: order.placedAt)
        _ = try await markPaid(order.id, by: nothing, actor: actor, in: work)
        return try await store.order(order.id, visibleTo: .everything, in: work) ?? order
    }

    private func record(of order: Order, lines: [OrderLine], by actor: AuditActor) -> AuditEntry {
        AuditEntry(
            actor: actor, action: "order.placed", subject: order.id,
            payload: [
                "number": .string(order.number), "total_minor": .integer(order.total.minorUnits),
                "currency": .string(order.total.currency.code),
                "payment_method": .string(order.paymentMethod.rawValue),
                "lines": .array(
                    lines.map { line in
                        [
                            "variant_id": .string(line.variant.description), "quantity": .integer(line.quantity),
                            "unit_price_minor": .integer(line.unitPrice.minorUnits),
                        ]
                    }),
            ])
    }

    private static func priceChanged(_ total: Money) -> Problem {
        Problem(
            type: "price-changed", title: "The price has changed", status: 409,
            detail: "The order comes to \(total)",
            extensions: ["total_minor": .integer(total.minorUnits), "currency": .string(total.currency.code)])
    }
}
