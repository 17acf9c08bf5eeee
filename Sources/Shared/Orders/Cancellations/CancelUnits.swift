package import Core
import Foundation
package import Identity
import Inventory
package import Jobs
import Values

/// Takes units out of a paid order that are not handed over any more, and puts them back on the shelf.
package struct CancelUnits: Sendable {
    /// What a reason must be like; customer and vendor read it.
    package static let reason = TextRule(1...500, .line)

    private let store = OrderStore()
    private let cancelled = CancelledUnitsStore()
    private let stock = StockStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// - Parameters:
    ///   - units: none of them handed over, packed or cancelled before; of licence keys all of a line.
    ///   - locked: the order, which the caller has locked.
    package func callAsFunction(
        _ units: [ID<OrderLine>: UnitRanges], of locked: OrderWithLines, reason: String, by principal: Principal,
        in work: UnitOfWork
    ) async throws {
        let now = clock.now.roundedToMicroseconds
        let order = locked.order
        let touched = locked.lines.filter { units[$0.id]?.isEmpty == false }
        try await cancelled.insert(units, of: locked, reason: reason, by: principal.actor, at: now, in: work)
        try await store.deliver(progress(of: locked, without: units, at: now), of: order.id, in: work)
        try await stock.putBack(
            touched.map { StockQuantity(variant: $0.variant, quantity: units[$0.id]?.count ?? 0) }, of: order.holder,
            in: work)
        try work.publish(StockChanged(items: touched.map(\.stockItem)))
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "order.units_cancelled", subject: order.id,
                payload: [
                    "lines": .array(
                        touched.map { line in
                            ["line_id": .string("\(line.id)"), "quantity": .integer(units[line.id]?.count ?? 0)]
                        })
                ]), in: work)
        try work.publish(OrderUnitsCancelled(orderID: order.id, vendors: Set(touched.map(\.vendor)).sorted()))
    }

    /// Where the order stands once these units count no more: what was waited for may be all that was left.
    private func progress(
        of locked: OrderWithLines, without units: [ID<OrderLine>: UnitRanges], at now: Date
    ) throws -> OrderDelivery {
        let lines = locked.lines.map { line in units[line.id].map { line.cancelling($0.count) } ?? line }
        let parts = Set(lines.filter { units[$0.id] != nil }.map(\.vendorOrder))
        let fulfilment = FulfilmentState(of: lines)
        let isDone = fulfilment == .delivered && locked.order.isPaid
        let moment = RFC3339.text(millisecondsSinceEpoch: Int((now.timeIntervalSince1970 * 1_000).rounded()))
        let cancelled = OrderEvent(.unitsCancelled, reference: moment, at: now)
        return OrderDelivery(
            lines: [],
            vendorOrders: parts.map { part in (part, FulfilmentState(of: lines.filter { $0.vendorOrder == part })) },
            fulfilmentState: fulfilment,
            state: isDone ? try locked.order.state(after: .complete) : locked.order.state, at: now,
            events: [cancelled] + (isDone ? [OrderEvent(.delivered, at: now)] : []))
    }
}
