package import Core
import Foundation
package import Identity
package import Jobs
import Orders
package import Postgres

/// Calls off a shipment before its goods have left: with the courier, where it knows of it.
package struct CallOffShipment: Sendable {
    /// Longer than anything that a courier was asked for can be on its way.
    private static let longestDoubt: TimeInterval = 120

    private let postgres: PostgresClient
    private let contents = ShipmentContents()
    private let couriers: CourierRegistry
    private let book: ShipmentBook

    package init(postgres: PostgresClient, couriers: CourierRegistry, book: ShipmentBook) {
        self.postgres = postgres
        self.couriers = couriers
        self.book = book
    }

    /// What was settled with a courier before a shipment is called off.
    package struct Clearance: Sendable {
        /// When a courier was last asked for what it does not have.
        fileprivate let absent: Date?
    }

    /// Has the courier call it off, where it knows of it.
    /// - Throws: `Problem`: 404; 409 where it has left, where it is not known whether the courier has it, and where the courier can't be
    ///   told so; 503 where the courier is not reached.
    package func clear(
        _ id: ID<Shipment>, by principal: Principal, in scope: some WorkScope
    ) async throws -> Clearance {
        guard let found = try await book.store.shipment(id, visibleTo: principal.visibility, in: postgres) else {
            throw Problem.notFound("shipment")
        }
        if found.state == .pending { return Clearance(absent: try await proveAbsence(of: found, in: scope)) }
        guard found.state != .cancelled, !found.isOwnDelivery else { return Clearance(absent: nil) }
        guard found.state.mayBeCancelled, !found.hasLeft else { throw Problem.notToBeCalledOff(found) }
        let courier = try couriers.courier(of: found)
        guard let cancelling = courier as? any CancellingCourier else { throw courier.lacks(.cancel) }
        try await scope.hold()
        do {
            try await cancelling.cancel(found.booked)
        } catch {
            throw error.problem
        }
        return Clearance(absent: nil)
    }

    /// Looks whether a courier has what it was asked for without saying what came of it.
    /// - Returns: when it was last asked for what it does not have; nil where it was not asked.
    private func proveAbsence(of shipment: Shipment, in scope: some WorkScope) async throws -> Date? {
        guard let booking = try await book.bookings.booking(of: shipment, in: postgres), booking.asked > 0 else {
            return nil
        }
        guard book.now.timeIntervalSince(booking.askedAt) > Self.longestDoubt,
            let request = try await contents.request(for: shipment, in: postgres)
        else { throw Problem.inDoubt }
        let courier = try couriers.courier(of: shipment)
        try await scope.hold()
        do {
            guard try await courier.find(shipment.reference, of: request) == nil else { throw Problem.inDoubt }
        } catch let error as CourierError {
            guard case .referenceSpent = error else { throw error.problem }
        }
        return booking.askedAt
    }

    /// The shipment afterwards; calling it off again changes nothing. What was packed can be shipped anew.
    /// - Throws: `Problem`: 404; 409 where it has left meanwhile, or the courier is being asked.
    package func callAsFunction(
        _ id: ID<Shipment>, with clearance: Clearance, by principal: Principal, in work: UnitOfWork
    ) async throws -> Shipment {
        guard let locked = try await book.lock(id, in: work) else { throw Problem.notFound("shipment") }
        var shipment = locked.shipment
        guard shipment.state != .cancelled else { return shipment }
        guard shipment.state.mayBeCancelled, !shipment.hasLeft else { throw Problem.notToBeCalledOff(shipment) }
        if shipment.state == .pending, let booking = try await book.bookings.booking(of: shipment, in: work) {
            guard booking.asked == 0 || booking.askedAt == clearance.absent else { throw Problem.inDoubt }
            try await book.bookings.settle(shipment, as: "cancelled", at: book.now, in: work)
        }
        let report = CourierReport(status: .known(.cancelled), occurredAt: book.now, key: "called_off")
        shipment.settle()
        _ = try await book.apply(
            [report], to: &shipment, of: locked.order, from: .person, by: principal.actor, in: work)
        return shipment
    }
}

extension Problem {
    static func notToBeCalledOff(_ shipment: Shipment) -> Problem {
        var problem = conflict(
            "shipment-state", title: "The shipment’s state does not allow this",
            detail: "The shipment is \(shipment.state.rawValue)")
        problem.extensions["state"] = .string(shipment.state.rawValue)
        return problem
    }

    fileprivate static let inDoubt = conflict(
        "shipment-in-doubt", title: "The courier may have it",
        detail: "The courier is being asked, or was and did not say what came of it; try again when that is known")
}

extension Courier {
    /// A 409 ``Problem`` for what asks for something that this courier can't do.
    func lacks(_ capability: CourierCapability) -> Problem {
        Problem(
            type: "courier-capability-lacking", title: "The courier can’t do this", status: 409,
            detail: "\(name): \(lacking[capability] ?? "it has no \(capability.rawValue)")",
            extensions: ["courier": .string(name.rawValue), "capability": .string(capability.rawValue)])
    }
}

extension CourierError {
    /// For whoever has asked for it by a request.
    var problem: Problem {
        switch self {
        case .refused, .notServiceable, .referenceSpent, .fundsLacking:
            .conflict("courier-refused", title: "The courier has refused", detail: "\(self)")
        case .credentialsRefused, .unavailable, .notOurTurn, .unknown, .integrity:
            Problem(
                type: "courier-unavailable", title: "The courier gave no usable answer", status: 503, detail: "\(self)")
        }
    }
}
