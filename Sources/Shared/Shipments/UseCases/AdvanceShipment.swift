package import Core
import Foundation
import Identity
package import Jobs
package import Logging
import Orders
package import Postgres

/// Takes the next step with a shipment at its courier: has it taken on, gets its AWB, has it fetched. Whatever happens in between, the
/// courier carries it once: what is asked for is written down before, and looked up before it is asked for again.
package struct AdvanceShipment: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "shipments.advance"
        package static let queue = QueueName.shipping

        package let shipmentID: ID<Shipment>

        package init(shipmentID: ID<Shipment>) { self.shipmentID = shipmentID }
    }

    /// Longer than any call with its look-ups: until then nobody else asks.
    static let askingTime: TimeInterval = 90
    /// How often a courier is asked by itself before somebody has to say so.
    private static let mostAttempts = 200

    private let postgres: PostgresClient
    private let couriers: CourierRegistry
    private let turns: CourierTurns
    private let book: ShipmentBook
    private let contents = ShipmentContents()

    package init(postgres: PostgresClient, couriers: CourierRegistry, turns: CourierTurns, book: ShipmentBook) {
        self.postgres = postgres
        self.couriers = couriers
        self.turns = turns
        self.book = book
    }

    /// - Throws: `RetryLater` while it is not our turn or somebody else asks; what else keeps the courier from carrying the shipment is
    ///   written into the shipment, which is tried again by a job of its own.
    package func callAsFunction(_ job: Job, in claim: some Claim, logger: Logger) async throws {
        guard let shipment = try await book.store.shipment(job.shipmentID, visibleTo: .everything, in: postgres) else {
            throw PermanentJobFailure("there is no shipment \(job.shipmentID)")
        }
        guard let courier = couriers.find(shipment.courier) else {
            return try await claim.finish { work in
                try await note(.unavailable("\(shipment.courier) is switched off"), of: shipment, in: work)
            }
        }
        guard let step = CourierStep(after: shipment, at: courier) else { return try await claim.finish { _ in } }
        guard let request = try await contents.request(for: shipment, in: postgres) else {
            return try await claim.finish { work in
                try await note(
                    .refused(code: nil, message: "the order has no address any more"), of: shipment, in: work)
            }
        }
        guard let doubt = try await begin(shipment, in: claim) else { return try await claim.finish { _ in } }
        do {
            let answer = try await take(step, of: shipment, request, at: courier, mayBeThere: doubt)
            try await claim.finish { work in try await keep(answer, of: shipment, at: courier, in: work) }
            logger.info("shipment advanced", metadata: ["shipment_id": "\(shipment.id)", "step": "\(step)"])
        } catch let error as CourierError {
            try await handle(error, of: shipment, in: claim, logger: logger)
        }
    }

    /// Notes that the courier is going to be asked.
    /// - Returns: whether something may be there already; nil where nothing is to be asked any more.
    /// - Throws: `RetryLater` while somebody else asks.
    private func begin(_ shipment: Shipment, in claim: some Claim) async throws -> Bool? {
        try await claim.hold()
        return try await claim.withUnitOfWork { work in
            guard let locked = try await book.store.lock(shipment.id, in: work), locked.state == shipment.state,
                let booking = try await book.bookings.booking(of: locked, in: work), locked.booking == shipment.booking
            else { return nil }
            let now = book.now
            if let until = booking.askingUntil, until > now {
                throw RetryLater(
                    after: .seconds(max(1, until.timeIntervalSince(now))), reason: "somebody else is asking the courier"
                )
            }
            guard booking.state == "open" || locked.state != .pending else { return nil }
            try await book.bookings.begin(locked, until: now.addingTimeInterval(Self.askingTime), at: now, in: work)
            return booking.asked > 0
        }
    }

    private enum Answer: Sendable {
        case booked(CourierBooking, service: CourierRate?)
        case report(CourierReport)
        /// What the courier has under the reference is cancelled.
        case spent(reason: String)
    }

    private func take(
        _ step: CourierStep, of shipment: Shipment, _ request: ShipmentRequest, at courier: any Courier,
        mayBeThere: Bool
    ) async throws(CourierError) -> Answer {
        switch step {
        case .create:
            do {
                return .booked(try await create(request, at: courier, mayBeThere: mayBeThere), service: nil)
            } catch .referenceSpent(let reason) {
                return .spent(reason: reason)
            }
        case .assignAWB(let courier):
            let rate = try await rate(for: request, at: courier)
            return .booked(try await courier.assignAWB(to: shipment.booked, service: rate?.service), service: rate)
        case .schedulePickup(let courier):
            return .report(try await courier.schedulePickup(of: shipment.booked))
        }
    }

    /// Looks up before it asks for what may be there, and after an answer that does not say what came of it.
    private func create(
        _ request: ShipmentRequest, at courier: any Courier, mayBeThere: Bool
    ) async throws(CourierError) -> CourierBooking {
        if mayBeThere, let booking = try await courier.find(request.reference, of: request) { return booking }
        do {
            return try await courier.create(request)
        } catch {
            // Refused because it is there: only what was asked for before is ours.
            let mayBeOurs = if case .refused = error { mayBeThere } else { error.leavesDoubt }
            guard mayBeOurs else { throw error }
            let found: CourierBooking?
            do {
                found = try await courier.find(request.reference, of: request)
            } catch .referenceSpent(let reason) {
                throw .referenceSpent(reason)
            } catch {
                found = nil
            }
            guard let found else { throw error }
            return found
        }
    }

    private func rate(
        for request: ShipmentRequest, at courier: any Courier
    ) async throws(CourierError) -> CourierRate? {
        guard let rating = courier as? any RatingCourier else { return nil }
        let rates = try await rating.rates(for: request)
        guard let rate = rating.rateRule.choice(among: rates) else {
            throw .notServiceable("none of its services goes there with this")
        }
        return rate
    }

    private func keep(
        _ answer: Answer, of asked: Shipment, at courier: any Courier, in work: UnitOfWork
    ) async throws {
        guard let locked = try await book.lock(asked.id, in: work), locked.shipment.booking == asked.booking else {
            return
        }
        var shipment = locked.shipment
        try await book.bookings.end(shipment, withoutEffect: false, in: work)
        shipment.settle()
        let report: CourierReport
        switch answer {
        case .booked(let booking, let service):
            try await book.bookings.settle(shipment, as: "booked", at: book.now, in: work)
            shipment.service = service?.service ?? shipment.service
            shipment.serviceName = booking.serviceName ?? service?.name ?? shipment.serviceName
            report = CourierReport(
                names: booking.names, status: .known(booking.state), occurredAt: book.now,
                key: "booked:\(shipment.booking):\(booking.state.rawValue)")
        case .report(let told): report = told
        case .spent(let reason):
            try await rebook(&shipment, because: reason, in: work)
            return try work.enqueue(Job(shipmentID: shipment.id))
        }
        _ = try await book.apply(
            [report], to: &shipment, of: locked.order, from: .answer, by: .courier(shipment.courier.rawValue), in: work)
        if CourierStep(after: shipment, at: courier) != nil { try work.enqueue(Job(shipmentID: shipment.id)) }
    }

    /// Takes a further reference: what is there under the present one leads nowhere.
    private func rebook(_ shipment: inout Shipment, because reason: String, in work: UnitOfWork) async throws {
        guard shipment.state == .pending else { return }
        try await book.bookings.settle(shipment, as: "spent", detail: reason, at: book.now, in: work)
        shipment.booking += 1
        shipment.reference = Shipment.reference(of: shipment.number, booking: shipment.booking)
        try await book.store.update(shipment, in: work)
        try await book.bookings.open(shipment, at: book.now, in: work)
        try await book.audit.append(
            AuditEntry(
                actor: .system, action: "shipment.rebooked", subject: shipment.id,
                payload: ["reference": .string(shipment.reference)]), in: work)
    }

    private func handle(
        _ error: CourierError, of asked: Shipment, in claim: some Claim, logger: Logger
    ) async throws {
        if case .notOurTurn(let reason) = error {
            try await claim.withUnitOfWork { work in
                try await book.bookings.end(asked, withoutEffect: true, in: work)
            }
            throw RetryLater(after: .seconds(5), reason: reason)
        }
        if case .credentialsRefused(let reason) = error {
            try await turns.hold(
                asked.courier, for: Shipment.pauseAfterCredentials, because: "our credentials are refused: \(reason)",
                now: book.now)
        }
        logger.warning(
            "a courier has not taken the next step",
            metadata: ["shipment_id": "\(asked.id)", "courier": "\(asked.courier)", "reason": "\(error)"])
        try await claim.finish { work in try await note(error, of: asked, afterAsking: true, in: work) }
    }

    /// Writes down why the step was not taken, and when it is tried again.
    private func note(
        _ error: CourierError, of asked: Shipment, afterAsking: Bool = false, in work: UnitOfWork
    ) async throws {
        guard var shipment = try await book.lock(asked.id, in: work)?.shipment, shipment.booking == asked.booking,
            shipment.state == asked.state
        else { return }
        if afterAsking { try await book.bookings.end(shipment, withoutEffect: !error.leavesDoubt, in: work) }
        let known = shipment.trouble?.kind
        let trouble = Shipment.Trouble(error)
        shipment.trouble = trouble
        shipment.attempts += 1
        shipment.nextAttemptAt = nil
        if error.isPassing, shipment.attempts < Self.mostAttempts {
            let next = book.now.addingTimeInterval(error.pause(afterAttempts: shipment.attempts))
            shipment.nextAttemptAt = next
            try work.enqueue(Job(shipmentID: shipment.id), runAt: next)
        } else if shipment.state == .pending {
            try await book.bookings.settle(shipment, as: "refused", detail: trouble.detail, at: book.now, in: work)
        }
        try await book.store.update(shipment, in: work)
        guard known != trouble.kind else { return }
        try work.publish(
            ShipmentTroubled(
                shipmentID: shipment.id, orderID: shipment.order, vendorID: shipment.vendor, trouble: trouble.kind))
    }
}

/// What is to be done next with a shipment at its courier.
enum CourierStep: Sendable {
    case create
    case assignAWB(any AWBAssigningCourier)
    case schedulePickup(any PickupSchedulingCourier)

    /// nil where the courier goes on by itself.
    init?(after shipment: Shipment, at courier: any Courier) {
        switch shipment.state {
        case .pending: self = .create
        case .created:
            guard let courier = courier as? any AWBAssigningCourier else { return nil }
            self = .assignAWB(courier)
        case .awbAssigned:
            guard let courier = courier as? any PickupSchedulingCourier else { return nil }
            self = .schedulePickup(courier)
        default: return nil
        }
    }
}

extension CourierStep: CustomStringConvertible {
    var description: String {
        switch self {
        case .create: "create"
        case .assignAWB: "assign_awb"
        case .schedulePickup: "schedule_pickup"
        }
    }
}

extension Shipment {
    /// How long nobody asks a courier that refuses our credentials.
    static let pauseAfterCredentials: TimeInterval = 300

    /// Nothing is wrong with it any more.
    mutating func settle() {
        trouble = nil
        attempts = 0
        nextAttemptAt = nil
    }
}

extension Shipment.Trouble {
    init(_ error: CourierError) {
        let kind: Kind =
            switch error {
            case .refused, .referenceSpent: .refused
            case .notServiceable: .notServiceable
            case .fundsLacking: .fundsLacking
            case .credentialsRefused: .credentialsRefused
            case .unavailable, .notOurTurn: .unavailable
            case .unknown: .unknown
            case .integrity: .integrity
            }
        let text = "\(error)".unicodeScalars.filter { $0.value != 0 }.prefix(ShipmentBook.longestText)
        self.init(kind: kind, detail: String(String.UnicodeScalarView(text)))
    }
}

extension CourierError {
    /// How long it takes until the courier is asked again.
    fileprivate func pause(afterAttempts attempts: Int) -> TimeInterval {
        switch self {
        case .credentialsRefused: Shipment.pauseAfterCredentials
        case .fundsLacking: 900
        // What is on its way there has to have arrived before it is looked up.
        case .unknown, .integrity: min(30 * pow(2, Double(min(attempts - 1, 5))), 900)
        default: min(15 * pow(2, Double(min(attempts - 1, 6))), 900)
        }
    }
}
