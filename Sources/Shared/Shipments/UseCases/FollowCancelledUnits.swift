package import Core
import Foundation
package import Jobs
package import Orders
import Postgres

/// Writes anew how far an order's goods have come, once some of its units are not sent any more: what was waited for may be all that
/// was left.
package struct FollowCancelledUnits: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "shipments.follow_cancelled_units"
        package static let queue = QueueName.orders

        package let orderID: ID<Order>

        package init(orderID: ID<Order>) { self.orderID = orderID }
    }

    private let book: ShipmentBook

    package init(book: ShipmentBook) {
        self.book = book
    }

    package func callAsFunction(_ job: Job, in work: UnitOfWork) async throws {
        guard let order = try await OrderLocks().lockWithLines(job.orderID, in: work) else { return }
        let progress = try await book.store.progress(of: job.orderID, in: work)
        guard !progress.isEmpty else { return }
        try await RecordFulfilment()(progress, of: order, events: [], at: book.now, in: work)
    }
}
