package import Core
package import Orders
package import Postgres

/// A shipment as its customer sees it.
package struct TrackedShipment: Hashable, Sendable {
    package let shipment: Shipment
    /// What moved it, the earliest first.
    package let steps: [ShipmentEvent]

    package init(shipment: Shipment, steps: [ShipmentEvent]) {
        self.shipment = shipment
        self.steps = steps
    }
}

extension ShipmentStore {
    /// An order's shipments with what moved each, the oldest first. Who reads it reaches the order.
    package func tracking(
        of order: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [TrackedShipment] {
        var tracked: [TrackedShipment] = []
        for shipment in try await shipments(of: order, in: executor) where shipment.state != .cancelled {
            let events = try await events(of: shipment.id, in: executor)
            tracked.append(TrackedShipment(shipment: shipment, steps: events.filter(\.moved)))
        }
        return tracked
    }
}
