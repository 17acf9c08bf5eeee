package import Core
import Foundation
import Identity
package import Jobs
import Orders
package import Postgres

/// Asks a courier where a shipment is, for what its pushes may have failed to tell.
package struct TrackShipment: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "shipments.track"
        package static let queue = QueueName.shipping

        package let shipmentID: ID<Shipment>
        /// The stretch of time for which it is asked: in each, once.
        package let slot: Int64

        package var uniqueKey: String? { "\(shipmentID)/\(slot)" }
    }

    /// Finds the shipments of which nothing was heard for long.
    package struct SilentJob: JobPayload, Hashable {
        package static let kind = "shipments.track_silent"
        package static let queue = QueueName.shipping

        package init() {}
    }

    /// A courier that says nothing for so long is asked.
    private static let silence: TimeInterval = 3 * 3600
    private static let mostAtOnce = 500

    private let postgres: PostgresClient
    private let couriers: CourierRegistry
    private let turns: CourierTurns
    private let book: ShipmentBook

    package init(postgres: PostgresClient, couriers: CourierRegistry, turns: CourierTurns, book: ShipmentBook) {
        self.postgres = postgres
        self.couriers = couriers
        self.turns = turns
        self.book = book
    }

    package func callAsFunction(_ job: SilentJob, in work: UnitOfWork) async throws {
        let now = book.now
        let slot = Int64(now.timeIntervalSince1970 / Self.silence)
        let silent = try await book.store.silent(
            since: now.addingTimeInterval(-Self.silence), limit: Self.mostAtOnce, in: work)
        for id in silent { try work.enqueue(Job(shipmentID: id, slot: slot)) }
    }

    package func callAsFunction(_ job: Job, in claim: some Claim) async throws {
        guard let shipment = try await book.store.shipment(job.shipmentID, visibleTo: .everything, in: postgres),
            !shipment.state.isFinished, shipment.state != .pending, let courier = couriers.find(shipment.courier)
        else { return try await claim.finish { _ in } }
        try await claim.hold()
        let reports: [CourierReport]
        do {
            reports = try await courier.track(shipment.booked)
        } catch {
            if case .credentialsRefused(let reason) = error {
                try await turns.hold(
                    shipment.courier, for: Shipment.pauseAfterCredentials,
                    because: "our credentials are refused: \(reason)", now: book.now)
            }
            // The next stretch of time has a question of its own.
            throw RetryLater(after: .seconds(600), reason: "\(error)")
        }
        try await claim.finish { work in
            _ = try await book.apply(
                reports, to: shipment.id, from: .answer, by: .courier(shipment.courier.rawValue), in: work)
        }
    }
}
