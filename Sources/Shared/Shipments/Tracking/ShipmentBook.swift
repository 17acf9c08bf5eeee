package import Core
import Crypto
import Foundation
import Identity
import Jobs
package import Logging
import Orders
import Postgres

/// The one place where shipments change: from what is told to state, with the order, in one transaction.
package struct ShipmentBook: Sendable {
    /// What of a courier's words is kept.
    static let longestText = 500

    let store = ShipmentStore()
    let bookings = BookingStore()
    private let locks = OrderLocks()
    private let record = RecordFulfilment()
    private let timeline = OrderTimeline()
    let audit: AuditStore
    let ids: UUIDv7Generator
    let clock: any WallClock
    let logger: Logger

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock, logger: Logger) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
        self.logger = logger
    }

    var now: Date { clock.now.roundedToMicroseconds }

    /// Locks a shipment's order, then the shipment; nil where there is none.
    func lock(
        _ id: ID<Shipment>, in work: UnitOfWork
    ) async throws -> (shipment: Shipment, order: OrderWithLines)? {
        guard let known = try await store.shipment(id, visibleTo: .everything, in: work),
            let order = try await locks.lockWithLines(known.order, in: work),
            let shipment = try await store.lock(id, in: work)
        else { return nil }
        return (shipment, order)
    }

    /// What came of reports.
    struct Outcome: Sendable {
        /// The states it has gone through because of them.
        var moves: [ShipmentState] = []
        /// How many of them were new.
        var news = 0

        var summary: String {
            if !moves.isEmpty { return moves.map(\.rawValue).joined(separator: ", ") }
            return news > 0 ? "news" : "nothing new"
        }
    }

    /// Takes in what was said of a shipment.
    /// - Returns: nil where there is no such shipment.
    func apply(
        _ reports: [CourierReport], to id: ID<Shipment>, from source: ShipmentEvent.Source, by actor: AuditActor,
        in work: UnitOfWork
    ) async throws -> Outcome? {
        guard let locked = try await lock(id, in: work) else { return nil }
        var shipment = locked.shipment
        return try await apply(reports, to: &shipment, of: locked.order, from: source, by: actor, in: work)
    }

    /// The same for a locked shipment.
    func apply(
        _ reports: [CourierReport], to shipment: inout Shipment, of order: OrderWithLines,
        from source: ShipmentEvent.Source, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> Outcome {
        let (before, now) = (shipment, self.now)
        var outcome = Outcome()
        for report in reports.sorted(by: { ($0.occurredAt ?? now) < ($1.occurredAt ?? now) }) {
            let told = Told(report, at: now)
            let next = told.state.flatMap {
                shipment.state.after($0, hasLeft: shipment.hasLeft, isStale: told.occurredAt < shipment.stateSince)
            }
            // An answer that only repeats what is known is no event.
            if report.occurredAt == nil, next == nil, report.status != .unknown, report.key == nil { continue }
            let event = told.event(from: source, moved: next != nil, at: now)
            guard
                try await store.append(
                    event, to: shipment.id, as: ids.next(), key: told.key(moving: next != nil), by: actor, in: work)
            else { continue }
            outcome.news += 1
            shipment.take(report)
            if report.status == .unknown { try alert(shipment, report, in: work) }
            if let state = told.state, state.tellsOfLeaving, shipment.handedOverAt == nil, next != nil {
                shipment.handedOverAt = told.occurredAt
            }
            guard let next else { continue }
            outcome.moves.append(next)
            shipment.move(to: next, at: told.occurredAt)
        }
        shipment.heardAt = now
        if !outcome.moves.isEmpty, before.state == .pending {
            try await bookings.settle(
                shipment, as: shipment.state == .cancelled ? "cancelled" : "booked", at: now, in: work)
        }
        try await keep(shipment, insteadOf: before, of: order, by: actor, in: work)
        return outcome
    }

    /// Writes a shipment as it stands, and what that means for its order.
    func keep(
        _ shipment: Shipment, insteadOf before: Shipment, of order: OrderWithLines, by actor: AuditActor,
        in work: UnitOfWork
    ) async throws {
        try await store.update(shipment, in: work)
        guard shipment.state != before.state else { return }
        let progress = try await store.progress(of: shipment.order, in: work)
        try await record(progress, of: order, events: shipment.events(since: before, at: now), at: now, in: work)
        try await audit.append(
            AuditEntry(
                actor: actor, action: "shipment.moved", subject: shipment.id,
                payload: [
                    "order_id": .string("\(shipment.order)"), "from": .string(before.state.rawValue),
                    "to": .string(shipment.state.rawValue),
                ]), in: work)
        try work.publish(
            ShipmentMoved(
                shipmentID: shipment.id, orderID: shipment.order, vendorOrderID: shipment.vendorOrder,
                vendorID: shipment.vendor, from: before.state, to: shipment.state))
        if shipment.state.isFinished, !shipment.cod.isZero {
            try work.enqueue(CollectShipmentCash.Job(orderID: shipment.order))
        }
    }

    private func alert(_ shipment: Shipment, _ report: CourierReport, in work: UnitOfWork) throws {
        logger.error(
            "A courier has used a word that is not known",
            metadata: [
                "shipment_id": "\(shipment.id)", "courier": "\(shipment.courier)",
                "status": "\((report.rawStatus ?? "").prefix(100))",
            ])
        try work.publish(
            ShipmentStatusUnknown(
                shipmentID: shipment.id, orderID: shipment.order, courier: shipment.courier.rawValue))
    }
}

/// A report as it is taken in: bounded, and at a moment that has come.
private struct Told {
    let report: CourierReport
    let state: ShipmentState?
    let occurredAt: Date

    init(_ report: CourierReport, at now: Date) {
        self.report = report
        state = if case .known(let state) = report.status { state } else { nil }
        // A courier's clock may be ahead of ours.
        occurredAt = min(report.occurredAt ?? now, now).roundedToMicroseconds
    }

    func event(from source: ShipmentEvent.Source, moved: Bool, at now: Date) -> ShipmentEvent {
        ShipmentEvent(
            source: source, state: state, moved: moved, rawStatus: Self.kept(report.rawStatus),
            message: Self.kept(report.message), place: Self.kept(report.place), occurredAt: occurredAt, recordedAt: now)
    }

    /// PostgreSQL's texts hold every character but one.
    private static func kept(_ text: String?) -> String? {
        guard let text, !text.isEmpty else { return nil }
        let scalars = text.unicodeScalars.filter { $0.value != 0 }.prefix(ShipmentBook.longestText)
        return String(String.UnicodeScalarView(scalars))
    }

    /// What repetitions are recognised by. What comes without a time is told anew whenever it moves something.
    func key(moving: Bool) -> String {
        if let key = report.key { return key }
        var hash = SHA256()
        for part in [report.rawStatus, state?.rawValue, report.message, report.place] {
            hash.update(data: Data("\(part?.utf8.count ?? -1):\(part ?? "")".utf8))
        }
        let moment = report.occurredAt == nil && !moving ? "" : "\(Int64(occurredAt.timeIntervalSince1970))"
        hash.update(data: Data(moment.utf8))
        return Hexadecimal.encode(hash.finalize())
    }
}

extension Shipment {
    /// What a report says beside the state.
    fileprivate mutating func take(_ report: CourierReport) {
        names = names.merging(report.names)
        expectedAt = report.expectedAt ?? expectedAt
        func money(_ amount: Int64?, _ known: Money?) -> Money? {
            guard let amount, amount >= 0 else { return known }
            return Money(minorUnits: amount, currency: declared.currency)
        }
        collected = money(report.money.collected, collected)
        charge = money(report.money.charge, charge)
        codFee = money(report.money.codFee, codFee)
    }

    fileprivate mutating func move(to next: ShipmentState, at time: Date) {
        state = next
        stateSince = max(time, next.isFinished ? time : stateSince)
        settle()
        if next.isDelivery {
            handedOverAt = handedOverAt ?? time
            deliveredAt = time
        }
        // Whoever hands over the whole has taken what was to be collected, unless they say otherwise.
        if next == .delivered, collected == nil, cod.minorUnits > 0 { collected = cod }
        closedAt = next.isFinished ? time : nil
    }

    /// What its order's timeline says of that it moved.
    fileprivate func events(since before: Shipment, at now: Date) -> [OrderEvent] {
        var events: [OrderEvent] = []
        if hasLeft, !before.hasLeft { events.append(OrderEvent(.shipped, reference: "\(id)", at: now)) }
        if state.isDelivery { events.append(OrderEvent(.shipmentDelivered, reference: "\(id)", at: now)) }
        if state == .rtoDelivered { events.append(OrderEvent(.shipmentReturned, reference: "\(id)", at: now)) }
        return events
    }
}
