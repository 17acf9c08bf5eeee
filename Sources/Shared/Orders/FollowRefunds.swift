import Catalog
package import Core
import Foundation
import Inventory
package import Jobs

/// Moves an order along with the money that went back for it, inside the transaction that books the refund.
package struct FollowRefunds: Sendable {
    private let store = OrderStore()
    private let locks = OrderLocks()
    private let stock = StockStore()
    private let keys = LicenceKeyStore()
    private let audit: AuditStore

    package init(audit: AuditStore) { self.audit = audit }

    /// Locks the order and adds `change` to what has gone back. Does nothing to an order that was never paid. The caller has
    /// locked the payment before.
    ///
    /// Once all of it went back, keys that were handed out are revoked for good, and keys that were not are in stock again.
    /// Physical units may be on their way to the customer: an operator adjusts the stock when they are back.
    /// Where a bank returns a refund, the order is paid as before: its keys hold again, and what was not handed over is
    /// taken out of stock once more; if others have bought that since, the order stays completed and an operator is told.
    /// - Parameters:
    ///   - change: negative where a refund came back.
    ///   - event: the refund, or its return, for the timeline.
    /// - Throws: a 404 `Problem` when there is no such order; `MoneyError`; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Order>, by change: Money, _ event: OrderEvent, actor: AuditActor, in work: UnitOfWork
    ) async throws {
        guard let locked = try await locks.lockWithLines(id, in: work) else { throw Problem.notFound("order") }
        let order = locked.order
        guard !order.captured.isZero else { return }
        let refunded = try order.refunded.adding(change)
        let isRefunded = try refunded.isAtLeast(order.captured)
        var (state, affected, isOutOfStock) = (order.state, [JSONValue](), false)
        switch (order.paymentState == .refunded, isRefunded) {
        case (false, true):
            affected = try await takeBack(locked.lines, of: order, in: work)
            state = try order.state(after: .complete)
        case (true, false):
            isOutOfStock = !(try await handOutAgain(locked.lines, of: order, in: work))
            let isDone = isOutOfStock || order.fulfilmentState == .delivered
            state = try order.state(after: isDone ? .complete : .reopen)
        default: break
        }
        try await store.refund(id, refunded: refunded, state: state, event, in: work)
        try await audit.append(
            AuditEntry(
                actor: actor, action: "order.\(event.kind.rawValue)", subject: id,
                payload: [
                    "state": .string(state.rawValue), "refunded_minor": .integer(refunded.minorUnits),
                    "currency": .string(refunded.currency.code), "refund": .string(event.reference),
                    "revoked_keys": .array(affected), "out_of_stock": .bool(isOutOfStock),
                ]), in: work)
    }

    private func takeBack(_ lines: [OrderLine], of order: Order, in work: UnitOfWork) async throws -> [JSONValue] {
        let open = lines.filter(\.isUndeliveredKey)
        if !open.isEmpty {
            try await stock.takeBack(open.map(\.units), of: order.holder, in: work)
            try work.publish(StockChanged(items: open.map(\.stockItem)))
        }
        let revoked = try await keys.revoke(lines: lines.map(\.id.uuid), in: work)
        return revoked.map { .string($0.description) }
    }

    private func handOutAgain(_ lines: [OrderLine], of order: Order, in work: UnitOfWork) async throws -> Bool {
        let open = lines.filter(\.isUndeliveredKey)
        if !open.isEmpty {
            do {
                try work.publish(
                    await stock.reserve(
                        open.map(\.units), for: order.holder, until: order.reservationExpiresAt, in: work))
            } catch is InsufficientStock {
                return false
            }
            try await stock.commit(order.holder, in: work)
        }
        try await keys.reinstate(lines: lines.map(\.id.uuid), in: work)
        try work.publish(OrderReinstated(orderID: order.id, lacksLicenceKeys: !open.isEmpty))
        return true
    }
}
