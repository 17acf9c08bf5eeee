import Catalog
package import Core
package import Foundation
import Inventory
package import Jobs

/// An order that was just placed, and the token that opens it.
package struct PlacedOrder: Sendable {
    package let order: Order
    package let lines: [OrderLine]
    /// Shown once; only its hash is stored.
    package let accessToken: AccessToken
}

/// Takes an order: prices it, holds its units and records it.
package struct PlaceOrder: Sendable {
    /// How long units are held for an order that is not paid.
    package static let reservationTime: TimeInterval = 30 * 60

    private let products = ProductStore()
    private let stock = StockStore()
    private let store = OrderStore()
    private let markPaid: MarkOrderPaid
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let randomness: @Sendable () -> any RandomNumberGenerator

    package init(
        audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock,
        randomness: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
    ) {
        self.audit = audit
        markPaid = MarkOrderPaid(audit: audit)
        self.ids = ids
        self.clock = clock
        self.randomness = randomness
    }

    /// - Throws: `Problem`: 422 with every field that is not acceptable, 409 ("price-changed"); `InsufficientStock`, which
    ///   says what is left of each line; `PostgresError`.
    package func callAsFunction(
        _ new: NewOrder, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> PlacedOrder {
        let email = try new.checkedEmail()
        let token = makeAccessToken()
        let offers = try await products.offers(for: new.lines.map(\.variant), in: work)
        let draft = try draft(new, email: email, offers: new.matched(with: offers), token: token)
        let order = try await store.insert(draft, in: work)
        try await audit.open(record(of: order, lines: draft.lines, by: actor), in: work)
        try work.publish(OrderPlaced(orderID: order.id, reservationExpiresAt: order.reservationExpiresAt))
        // Last, so that the stock rows, which other buyers wait for, are locked only for a moment.
        try await stock.reserve(
            new.lines.map { StockQuantity(variant: $0.variant, quantity: $0.quantity) }, for: order.holder,
            until: order.reservationExpiresAt, in: work)
        return PlacedOrder(
            order: try await paidIfFree(order, by: actor, in: work), lines: draft.lines, accessToken: token)
    }

    private func makeAccessToken() -> AccessToken {
        var generator = randomness()
        return AccessToken(using: &generator)
    }

    /// There is nothing to pay for an order that costs nothing: it is paid by being placed.
    private func paidIfFree(_ order: Order, by actor: AuditActor, in work: UnitOfWork) async throws -> Order {
        guard order.total.isZero else { return order }
        _ = try await markPaid(order.id, capturedAt: order.placedAt, by: actor, in: work)
        return try await store.order(order.id, in: work) ?? order
    }

    private func draft(
        _ new: NewOrder, email: EmailAddress, offers: [Offer], token: AccessToken
    ) throws -> OrderDraft {
        let id = ID<Order>(uuid: ids.next())
        let now = clock.now.roundedToMicroseconds
        let lines = try zip(new.lines, offers).map { wanted, offer in
            OrderLine(
                id: ID(uuid: ids.next()), order: id, variant: offer.variant, product: offer.product,
                vendor: offer.vendor,
                kind: offer.kind, title: offer.title, sku: offer.sku, quantity: wanted.quantity, unitPrice: offer.price,
                total: try offer.price.multiplied(by: wanted.quantity),
                commissionBasisPoints: offer.commissionBasisPoints, fulfilledAt: nil)
        }
        let total = try lines.map(\.total).total(in: offers[0].price.currency)
        if let expected = new.expectedTotal, expected != total { throw Self.priceChanged(total) }
        let address = try new.shippingAddress.map { address in
            try JSONValue(parsing: Array(JSONEncoder().encode(address)))
        }
        return OrderDraft(
            id: id, email: email, total: total, shippingAddress: address, accessTokenHash: token.hash,
            reservationExpiresAt: now.addingTimeInterval(Self.reservationTime), placedAt: now, lines: lines)
    }

    private func record(of order: Order, lines: [OrderLine], by actor: AuditActor) -> AuditEntry {
        AuditEntry(
            actor: actor, action: "order.placed", subject: order.id,
            payload: [
                "number": .string(order.number), "total_minor": .integer(order.total.minorUnits),
                "currency": .string(order.total.currency.code),
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
