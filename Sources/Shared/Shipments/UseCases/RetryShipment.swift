package import Core
import Foundation
package import Identity
package import Jobs
import Orders
import Postgres

/// Has the courier asked again at once, after whatever kept it from carrying a shipment was put right. It can't be carried twice by that:
/// what may be there is looked up before.
package struct RetryShipment: Sendable {
    private let couriers: CourierRegistry
    private let turns: CourierTurns
    private let book: ShipmentBook

    package init(couriers: CourierRegistry, turns: CourierTurns, book: ShipmentBook) {
        self.couriers = couriers
        self.turns = turns
        self.book = book
    }

    /// - Throws: `Problem`: 404; 409 where nothing is to be asked of its courier.
    package func callAsFunction(
        _ id: ID<Shipment>, by principal: Principal, in work: UnitOfWork
    ) async throws -> Shipment {
        guard try await book.store.shipment(id, visibleTo: principal.visibility, in: work) != nil,
            var shipment = try await book.lock(id, in: work)?.shipment
        else { throw Problem.notFound("shipment") }
        let courier = try couriers.courier(of: shipment)
        guard CourierStep(after: shipment, at: courier) != nil else { throw Problem.notToBeCalledOff(shipment) }
        shipment.attempts = 0
        shipment.nextAttemptAt = book.now
        try await book.bookings.settle(
            shipment, as: shipment.state == .pending ? "open" : "booked", at: book.now, in: work)
        try await book.store.update(shipment, in: work)
        try await turns.release(shipment.courier, in: work)
        try await book.audit.append(
            AuditEntry(actor: principal.actor, action: "shipment.retried", subject: shipment.id), in: work)
        try work.enqueue(AdvanceShipment.Job(shipmentID: shipment.id))
        return shipment
    }
}
