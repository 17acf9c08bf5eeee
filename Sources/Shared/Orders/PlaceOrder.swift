import Catalog
package import Core
import Foundation
package import Identity
import Inventory
package import Jobs
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
    private let products = ProductStore()
    private let stock = StockStore()
    private let store = OrderStore()
    private let markPaid: MarkOrderPaid
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let reservations: ReservationSettings
    private let randomness: @Sendable () -> any RandomNumberGenerator

    package init(
        audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock,
        reservations: ReservationSettings = ReservationSettings(),
        randomness: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
    ) {
        self.audit = audit
        markPaid = MarkOrderPaid(audit: audit)
        self.ids = ids
        self.clock = clock
        self.reservations = reservations
        self.randomness = randomness
    }

    /// - Throws: `Problem`: 422 with every field that is not acceptable, 409 ("price-changed"); `InsufficientStock`, which
    ///   says what is left of each line; `UnpaidLimitReached`; `PostgresError`.
    package func callAsFunction(
        _ new: NewOrder, by principal: Principal, in work: UnitOfWork
    ) async throws -> PlacedOrder {
        let customer = try new.checkedCustomer(account: principal.account)
        let token = makeAccessToken()
        let offers = try await products.offers(for: new.lines.map(\.variant), at: clock.now, in: work)
        let draft = try draft(new, customer: customer, offers: new.matched(with: offers), token: token)
        let claim = claim(of: customer, principal)
        let order = try await store.insert(draft, taking: claim?.locks ?? [], in: work)
        try work.publish(OrderPlaced(orderID: order.id, reservationExpiresAt: order.reservationExpiresAt))
        // Last, so that the stock rows, which other buyers wait for, are locked only for a moment.
        try work.publish(
            await stock.reserve(
                new.lines.map { StockQuantity(variant: $0.variant, quantity: $0.quantity) }, for: order.holder,
                until: order.reservationExpiresAt, by: claim, in: work))
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

    private func draft(
        _ new: NewOrder, customer: Order.Customer, offers: [Offer], token: AccessToken
    ) throws -> OrderDraft {
        let now = clock.now.roundedToMicroseconds
        let (vendorOrders, lines) = try split(new.lines, offers)
        let total = try vendorOrders.map(\.total).total(in: offers[0].price.currency)
        if let expected = new.expectedTotal, expected != total { throw Self.priceChanged(total) }
        let address = try new.shippingAddress.map { address in
            try JSONValue(parsing: Array(JSONEncoder().encode(address)))
        }
        let demand = PaymentDemand(id: ID(uuid: ids.next()), kind: .full, amount: total, createdAt: now)
        return OrderDraft(
            id: ID(uuid: ids.next()), customer: customer, total: total, shippingAddress: address,
            accessTokenHash: token.hash, reservationExpiresAt: now.addingTimeInterval(reservations.firstTime),
            placedAt: now, vendorOrders: vendorOrders, lines: lines, adjustments: [],
            demand: total.isZero ? nil : demand)
    }

    /// Each vendor's part, in the order in which the vendors first appear.
    private func split(
        _ wanted: [NewOrder.Line], _ offers: [Offer]
    ) throws -> (vendorOrders: [VendorOrderDraft], lines: [OrderLine]) {
        var parts: [(vendor: ID<Vendor>, id: ID<VendorOrder>)] = []
        let lines = try zip(wanted, offers).map { wanted, offer in
            let part =
                parts.first { $0.vendor == offer.vendor } ?? (vendor: offer.vendor, id: ID(uuid: ids.next()))
            if !parts.contains(where: { $0.id == part.id }) { parts.append(part) }
            return OrderLine(
                id: ID(uuid: ids.next()), vendorOrder: part.id, variant: offer.variant, product: offer.product,
                vendor: offer.vendor, kind: offer.kind, title: offer.title, sku: offer.sku, quantity: wanted.quantity,
                unitPrice: offer.price, total: try offer.price.multiplied(by: wanted.quantity),
                commissionRate: offer.commissionRate)
        }
        let vendorOrders = try parts.map { part in
            VendorOrderDraft(
                id: part.id, vendor: part.vendor,
                total: try lines.filter { $0.vendorOrder == part.id }.map(\.total).total(in: offers[0].price.currency))
        }
        return (vendorOrders, lines)
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
