package import Core
import Foundation
package import Identity
import Inventory
package import Jobs
import Pricing

/// Cancels an order that is not paid and gives its units back.
package struct CancelOrder: Sendable {
    private let closing: OrderClosing

    package init(audit: AuditStore, clock: some WallClock) { closing = OrderClosing(audit: audit, clock: clock) }

    /// The order afterwards; cancelling it again changes nothing.
    /// - Throws: a 404 `Problem`; `OrderTransitionRefused` once money has arrived or it is expired; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Order>, by principal: Principal, in work: UnitOfWork
    ) async throws -> Order {
        guard let locked = try await closing.locks.lockWithLines(id, in: work),
            locked.order.isVisible(to: principal.visibility)
        else { throw Problem.notFound("order") }
        guard locked.order.state != .cancelled else { return locked.order }
        try await closing.close(locked, .cancel, .cancelled, by: principal.actor, in: work)
        try work.publish(OrderCancelled(orderID: id))
        guard let cancelled = try await closing.store.order(id, visibleTo: .everything, in: work) else {
            throw Problem.notFound("order")
        }
        return cancelled
    }
}

/// Expires an order that was not paid in time and gives its units back.
package struct ExpireUnpaidOrder: Sendable {
    /// Looks at an order when its time is over.
    package struct Job: JobPayload, Hashable {
        package static let kind = "orders.expire"
        package static let queue = QueueName.orders

        package let orderID: ID<Order>

        package init(orderID: ID<Order>) { self.orderID = orderID }
    }

    private let closing: OrderClosing

    package init(audit: AuditStore, clock: some WallClock) { closing = OrderClosing(audit: audit, clock: clock) }

    /// Does nothing to an order that is closed, paid, even in part, or confirmed; looks again later at one whose time has not come.
    package func callAsFunction(_ id: ID<Order>, in work: UnitOfWork) async throws {
        guard let locked = try await closing.locks.lockWithLines(id, in: work) else { return }
        let order = locked.order
        guard order.state == .open, order.captured.isZero, order.paidAt == nil, order.confirmedAt == nil else { return }
        guard order.reservationExpiresAt <= closing.clock.now else {
            try work.enqueue(Job(orderID: id), runAt: order.reservationExpiresAt)
            return
        }
        try await closing.close(locked, .expire, .expired, by: .system, in: work)
        try work.publish(OrderExpired(orderID: id))
    }
}

/// What cancelling and expiring have in common.
private struct OrderClosing: Sendable {
    let store = OrderStore()
    let locks = OrderLocks()
    let stock = StockStore()
    let redemptions = PromotionRedemptions()
    let audit: AuditStore
    let clock: any WallClock

    func close(
        _ locked: OrderWithLines, _ transition: OrderTransition, _ kind: OrderEventKind, by actor: AuditActor,
        in work: UnitOfWork
    ) async throws {
        let order = locked.order
        let state = try order.state(after: transition)
        try await store.close(order.id, as: state, OrderEvent(kind, at: clock.now), in: work)
        if order.confirmedAt == nil {
            try await stock.release(order.holder, in: work)
        } else {
            try await stock.takeBack(locked.lines.map(\.units), of: order.holder, in: work)
        }
        try await redemptions.release(of: order.id.uuid, at: clock.now, in: work)
        try work.publish(StockChanged(items: locked.lines.map(\.stockItem)))
        try await audit.append(
            AuditEntry(actor: actor, action: "order.\(kind.rawValue)", subject: order.id), in: work)
    }
}
