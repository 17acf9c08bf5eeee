import Catalog
package import Core
package import Foundation
import Inventory
package import Jobs

/// What became of an order whose money arrived.
package enum PaymentOutcome: Hashable, Sendable {
    /// It is paid now; what was bought.
    case paid([OrderLine])
    /// It was paid before; nothing was changed.
    case alreadyPaid
    /// The money must go back: the goods can't be had any more.
    case unfulfillable(Reason)

    package enum Reason: String, Hashable, Sendable, Codable {
        case cancelled
        case refunded
        /// It had expired and others have bought the units since.
        case outOfStock = "out_of_stock"
    }
}

/// Turns a captured payment into a paid order, inside the transaction that captures it.
package struct MarkOrderPaid: Sendable {
    private let store = OrderStore()
    private let locks = OrderLocks()
    private let stock = StockStore()
    private let audit: AuditStore

    package init(audit: AuditStore) { self.audit = audit }

    /// Locks the order and takes its units out of stock. The caller has locked the payment before.
    ///
    /// - Parameters:
    ///   - capturedAt: when the gateway's evidence was accepted.
    ///   - events: what else goes into the timeline, such as the webhook that brought the news.
    /// - Throws: a 404 `Problem` when there is no such order; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Order>, capturedAt: Date, events: [OrderEvent] = [], by actor: AuditActor, in work: UnitOfWork
    ) async throws -> PaymentOutcome {
        guard let locked = try await locks.lockWithLines(id, in: work) else { throw Problem.notFound("order") }
        let (order, lines) = (locked.order, locked.lines)
        switch order.state {
        case .paid, .fulfilled, .partiallyRefunded: return .alreadyPaid
        case .cancelled: return .unfulfillable(.cancelled)
        case .refunded: return .unfulfillable(.refunded)
        case .awaitingPayment, .expired: break
        }
        if order.state == .expired {
            guard try await reserveAgain(lines, of: order, in: work) else { return .unfulfillable(.outOfStock) }
        }
        try await store.move(
            id, to: order.state.applying(.pay), OrderEvent(.paid, at: capturedAt), in: work)
        if !events.isEmpty { try await OrderTimeline().append(events, to: id, in: work) }
        try await audit.append(
            AuditEntry(
                actor: actor, action: "order.paid", subject: id,
                payload: [
                    "total_minor": .integer(order.total.minorUnits), "currency": .string(order.total.currency.code),
                    "late": .bool(order.state == .expired),
                ]),
            in: work)
        // Late, so that the stock rows, which every buyer of these variants waits for, are locked only for a moment.
        try await stock.commit(order.holder, in: work)
        try work.publish(event(id, lines))
        return .paid(lines)
    }

    private func reserveAgain(_ lines: [OrderLine], of order: Order, in work: UnitOfWork) async throws -> Bool {
        do {
            try await stock.reserve(
                lines.map { StockQuantity(variant: $0.variant, quantity: $0.quantity) }, for: order.holder,
                until: order.reservationExpiresAt, in: work)
            return true
        } catch is InsufficientStock {
            return false
        }
    }

    private func event(_ id: ID<Order>, _ lines: [OrderLine]) -> OrderPaid {
        OrderPaid(
            orderID: id, hasLicenceKeys: lines.contains { $0.kind == .licenceKey },
            shippingVendors: Set(lines.filter { $0.kind == .physical }.map(\.vendor)).sorted())
    }
}
