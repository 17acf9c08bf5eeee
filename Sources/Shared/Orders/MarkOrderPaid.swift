import Catalog
package import Core
package import Foundation
import Inventory
package import Jobs

/// What became of an order whose money arrived.
package enum PaymentOutcome: Hashable, Sendable {
    /// The order took it; the order as it was before, with what was bought.
    case taken(OrderWithLines)
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

/// Money that was captured for an order.
package struct CapturedMoney: Sendable {
    /// What it satisfies; nil where nothing had to be paid.
    package let demand: ID<PaymentDemand>?
    package let amount: Money
    /// When the gateway's report was accepted.
    package let at: Date

    package init(demand: ID<PaymentDemand>?, amount: Money, at time: Date) {
        self.demand = demand
        self.amount = amount
        at = time
    }
}

/// Lets a captured payment pay its order, inside the transaction that captures it.
package struct MarkOrderPaid: Sendable {
    private let store = OrderStore()
    private let locks = OrderLocks()
    private let stock = StockStore()
    private let audit: AuditStore

    package init(audit: AuditStore) { self.audit = audit }

    /// Locks the order and takes its units out of stock, once the first of its money is there. The caller has locked the
    /// payment before.
    ///
    /// - Parameter events: what else goes into the timeline, such as the webhook that brought the news.
    /// - Throws: a 404 `Problem` when there is no such order; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Order>, by money: CapturedMoney, events: [OrderEvent] = [], actor: AuditActor, in work: UnitOfWork
    ) async throws -> PaymentOutcome {
        guard let locked = try await locks.lockWithLines(id, in: work) else { throw Problem.notFound("order") }
        let order = locked.order
        if let verdict = order.verdictOnMoney { return verdict }
        if order.state == .expired {
            guard try await reserveAgain(locked.lines, of: order, in: work) else { return .unfulfillable(.outOfStock) }
        }
        let capture = try order.capture(of: money, events: events)
        guard try await store.capture(capture, of: id, in: work) else { return .alreadyPaid }
        try await audit.append(entry(order, capture, by: actor), in: work)
        // Late, so that the stock rows, which every buyer of these variants waits for, are locked only for a moment.
        if order.captured.isZero { try await stock.commit(order.holder, in: work) }
        if capture.isPaid { try work.publish(event(id, locked.lines)) }
        if capture.confirms { try work.publish(OrderConfirmed(of: locked.lines, in: id)) }
        return .taken(locked)
    }

    private func reserveAgain(_ lines: [OrderLine], of order: Order, in work: UnitOfWork) async throws -> Bool {
        do {
            try work.publish(
                await stock.reserve(
                    lines.map(\.units), for: order.holder, until: order.reservationExpiresAt, in: work))
            return true
        } catch is InsufficientStock {
            return false
        }
    }

    private func entry(_ order: Order, _ capture: OrderCapture, by actor: AuditActor) -> AuditEntry {
        AuditEntry(
            actor: actor, action: capture.isPaid ? "order.paid" : "order.partially_paid", subject: order.id,
            payload: [
                "captured_minor": .integer(capture.amount.minorUnits), "total_minor": .integer(order.total.minorUnits),
                "currency": .string(order.total.currency.code), "late": .bool(order.state == .expired),
            ])
    }

    private func event(_ id: ID<Order>, _ lines: [OrderLine]) -> OrderPaid {
        OrderPaid(
            orderID: id, hasLicenceKeys: lines.contains { $0.kind == .licenceKey },
            shippingVendors: Set(lines.filter { $0.kind == .physical }.map(\.vendor)).sorted())
    }
}

extension Order {
    /// Why it takes no money any more; nil where it does.
    fileprivate var verdictOnMoney: PaymentOutcome? {
        if state == .cancelled { return .unfulfillable(.cancelled) }
        if paymentState == .refunded { return .unfulfillable(.refunded) }
        return paidAt != nil && captured.minorUnits >= total.minorUnits ? .alreadyPaid : nil
    }

    fileprivate func capture(of money: CapturedMoney, events: [OrderEvent]) throws -> OrderCapture {
        let isPaid = try captured.adding(money.amount).isAtLeast(total)
        let opened = try state(after: .capture)
        let paid = OrderEvent(.paid, at: money.at)
        return OrderCapture(
            demand: money.demand, amount: money.amount,
            state: isPaid && fulfilmentState == .delivered ? .completed : opened, isPaid: isPaid,
            confirms: !isPaid && confirmedAt == nil && cashConfirmation?.isSettled ?? false, at: money.at,
            events: (isPaid ? [paid] : []) + events)
    }
}
