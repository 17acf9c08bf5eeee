import Catalog
package import Core
import Foundation
package import Identity
package import Jobs

/// Has a customer sent the keys of an order again.
package struct ResendOrderKeys: Sendable {
    /// No more than one mail for each order in so many seconds, whoever asks and however often.
    package static let pause: Int64 = 600

    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// It goes to the order's own address, whoever asks for it.
    /// - Throws: `Problem`: 404; 409 ("order-state") for an order that has no keys yet, or whose money went back; `PostgresError`.
    package func callAsFunction(_ id: ID<Order>, by principal: Principal, in work: UnitOfWork) async throws {
        guard let found = try await OrderStore().orderWithLines(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("order")
        }
        let order = found.order
        guard order.isPaid, order.paymentState != .refunded,
            found.lines.contains(where: { $0.kind == .licenceKey && $0.deliveredAt != nil })
        else {
            var problem = Problem.conflict(
                "order-state", title: "The order has no keys", detail: "There is nothing to send yet, or no longer")
            problem.extensions = ["status": .string(order.status.rawValue)]
            throw problem
        }
        let slot = Int64(clock.now.timeIntervalSince1970) / Self.pause
        try work.publish(OrderKeysRequested(orderID: id, slot: slot))
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "order.keys_resent", subject: id), in: work)
    }
}
