package import Core
package import Foundation
package import Identity
package import Jobs
import Orders
import Postgres

/// What a vendor tells of a shipment that they bring themselves.
package struct NewShipmentEvent: Hashable, Sendable {
    /// What the customer reads beside the state must be like.
    package static let note = TextRule(0...200, .line)

    package let state: ShipmentState
    /// nil for now.
    package let occurredAt: Date?
    package let note: String
    /// What was taken in cash, in minor units; nil for what was to be collected.
    package let collected: Int64?

    package init(state: ShipmentState, occurredAt: Date? = nil, note: String = "", collected: Int64? = nil) {
        self.state = state
        self.occurredAt = occurredAt
        self.note = note
        self.collected = collected
    }
}

/// Moves a shipment that its vendor brings, as the vendor tells it.
package struct ReportOwnDelivery: Sendable {
    private let book: ShipmentBook

    package init(book: ShipmentBook) {
        self.book = book
    }

    /// The same once more changes nothing.
    /// - Throws: `Problem`: 404; 409 where a courier carries it, or its state does not allow this; 422 for what can't be.
    package func callAsFunction(
        _ new: NewShipmentEvent, of id: ID<Shipment>, by principal: Principal, in work: UnitOfWork
    ) async throws -> Shipment {
        guard try await book.store.shipment(id, visibleTo: principal.visibility, in: work) != nil,
            let locked = try await book.lock(id, in: work)
        else { throw Problem.notFound("shipment") }
        var shipment = locked.shipment
        guard shipment.isOwnDelivery else {
            throw Problem.conflict(
                "not-own-delivery", title: "A courier carries it", detail: "\(shipment.courier) tells where it is")
        }
        try check(new, of: shipment)
        guard shipment.state != new.state else { return shipment }
        let time = new.occurredAt ?? book.now
        guard
            shipment.state.after(
                new.state, hasLeft: shipment.hasLeft, isStale: time < shipment.stateSince) != nil
        else { throw Problem.notToBeCalledOff(shipment) }
        let report = CourierReport(
            status: .known(new.state), message: new.note.isEmpty ? nil : new.note, occurredAt: time,
            money: CourierMoney(collected: new.collected))
        _ = try await book.apply(
            [report], to: &shipment, of: locked.order, from: .person, by: principal.actor, in: work)
        return shipment
    }

    private func check(_ new: NewShipmentEvent, of shipment: Shipment) throws {
        var check = InputCheck()
        check.text("/note", new.note, NewShipmentEvent.note)
        if !ShipmentState.ofOwnDelivery.contains(new.state) {
            check.fail("/state", "enum", "is none that a vendor can tell of")
        }
        if let time = new.occurredAt, time > book.now.addingTimeInterval(60) || time < shipment.createdAt {
            check.fail("/occurred_at", "out_of_range", "must be between the shipment’s creation and now")
        }
        if let collected = new.collected {
            if !new.state.isDelivery || shipment.cod.isZero {
                check.fail("/collected_minor", "not_wanted", "goes with a delivery that brings cash")
            }
            check.number("/collected_minor", collected, in: 0...1_000_000_000_000)
        }
        try check.finish()
    }
}
