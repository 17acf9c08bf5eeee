package import Core
package import Foundation
import Identity
import Inventory
package import Jobs
package import Orders

/// Mails the customer every key that the order has so far. The keys are decrypted only now, which is
/// put on record, and stand nowhere but in the message itself.
package struct SendOrderDelivered: Sendable {
    /// Tells the customer that keys have arrived.
    package struct Job: JobPayload, Hashable {
        package static let kind = "notifications.order_delivered"
        package static let queue = QueueName.email

        package let orderID: ID<Order>
        /// Whether some of them took the place of others.
        package let isReplacement: Bool?
        /// When the customer is sent them again: once for each.
        package let slot: Int64?

        package init(orderID: ID<Order>, isReplacement: Bool? = nil, slot: Int64? = nil) {
            self.orderID = orderID
            self.isReplacement = isReplacement
            self.slot = slot
        }

        package var uniqueKey: String? { slot.map { "\(orderID)/\($0)" } }
    }

    private let reveal: RevealOrderKeys
    private let mailer: Mailer

    package init(reveal: RevealOrderKeys, mailer: Mailer) {
        self.reveal = reveal
        self.mailer = mailer
    }

    /// - Parameter jobID: identifies the message for good.
    package func callAsFunction(
        _ job: Job, jobID: UUID, in claim: some Claim
    ) async throws {
        try await mailer.send(in: claim) { work in
            guard let found = try await OrderStore().orderWithLines(job.orderID, visibleTo: .everything, in: work)
            else {
                throw PermanentJobFailure("there is no order \(job.orderID)")
            }
            let order = found.order
            let keys = try await reveal(found, by: .system, in: work)
            let items = found.lines.compactMap { line -> OrderDeliveredMail.Item? in
                let own = keys.filter { $0.line == line.id.uuid }.map { $0.key.reveal() }
                return own.isEmpty ? nil : OrderDeliveredMail.Item(title: line.title, keys: own)
            }
            guard !items.isEmpty else { return nil }
            return ComposedEmail(
                id: jobID, subject: .order(order.id), recipient: order.customer.email,
                template: OrderDeliveredMail(
                    orderNumber: order.number, items: items, isReplacement: job.isReplacement ?? false))
        }
    }
}
