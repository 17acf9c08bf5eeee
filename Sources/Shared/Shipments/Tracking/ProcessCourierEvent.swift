import Core
import Foundation
import Identity
package import Jobs
package import Logging
import Orders
import Payments
import Postgres
package import Webhooks

/// Carries out `ProcessWebhookEvent` for a courier's stored pushes: from the raw body to reports to state, everything written in the
/// transaction that finishes the job.
package struct ProcessCourierEvent: Sendable {
    private let events: WebhookEventStore
    private let couriers: CourierRegistry
    private let book: ShipmentBook

    package init(events: WebhookEventStore, couriers: CourierRegistry, book: ShipmentBook) {
        self.events = events
        self.couriers = couriers
        self.book = book
    }

    /// Whether the account is a courier's.
    package func handles(_ account: String) -> Bool { couriers.find(CourierName(rawValue: account)) != nil }

    /// - Throws: `PermanentJobFailure` where the event or its courier is gone.
    package func callAsFunction(_ job: ProcessWebhookEvent, in claim: some Claim, logger: Logger) async throws {
        try await claim.finish { work in
            guard let event = try await events.load(job.eventID, in: work) else {
                throw PermanentJobFailure("there is no stored event \(job.eventID)")
            }
            guard let courier = couriers.find(CourierName(rawValue: event.account)) else {
                throw PermanentJobFailure("no courier is configured for events of \(event.account)")
            }
            let reports: [CourierReport]
            do throws(MalformedEvent) {
                reports = try courier.interpret(
                    GatewayPush(id: event.eventID, headers: event.headers, body: event.body))
            } catch {
                // Its courier is asked when nothing else was heard for long.
                logger.error(
                    "A push can't be read", metadata: ["event_id": "\(event.eventID)", "reason": "\(error)"])
                return try await WebhookEventStore.record(
                    .unreadable, detail: error.description, for: event.id, in: work)
            }
            try await apply(reports, of: courier.name, event, logger: logger, in: work)
        }
    }

    private func apply(
        _ reports: [CourierReport], of courier: CourierName, _ event: StoredWebhookEvent, logger: Logger,
        in work: UnitOfWork
    ) async throws {
        var outcomes: [String] = []
        for report in reports {
            guard let id = try await shipment(report, of: courier, logger: logger, in: work) else { continue }
            let outcome = try await book.apply(
                [report], to: id, from: .push, by: .courier(courier.rawValue), in: work)
            if let outcome { outcomes.append("\(id): \(outcome.summary)") }
        }
        guard !outcomes.isEmpty else {
            return try await WebhookEventStore.record(
                .ignored, detail: "it is about no shipment of ours", for: event.id, in: work)
        }
        try await WebhookEventStore.record(
            .applied, detail: outcomes.joined(separator: ", "), for: event.id, in: work)
    }

    /// nil where it is none of ours.
    private func shipment(
        _ report: CourierReport, of courier: CourierName, logger: Logger, in work: UnitOfWork
    ) async throws -> ID<Shipment>? {
        guard
            let id = try await book.store.shipment(of: courier, report.reference, report.names, in: work),
            let known = try await book.store.shipment(id, visibleTo: .everything, in: work)
        else { return nil }
        // What happens to a booking of before does not happen to the shipment: the courier has it under another reference now.
        guard
            !(1..<known.booking).contains(where: {
                Shipment.reference(of: known.number, booking: $0) == report.reference
            })
        else { return nil }
        // What somebody else has booked under a like reference in the same account is not ours.
        func isOther(_ own: String?, _ told: String?) -> Bool { own != nil && told != nil && own != told }
        guard
            isOther(known.names.consignment, report.names.consignment) || isOther(known.names.order, report.names.order)
        else { return id }
        logger.error(
            "A push is about another consignment than its reference's",
            metadata: ["shipment_id": "\(id)", "courier": "\(courier)"])
        return nil
    }
}
