package import Core
package import Foundation
package import Identity
package import Inventory
package import Jobs
package import Orders

/// Has everybody told who has bought a key of a batch that is not trusted any more.
package struct NotifyKeyRecall: Sendable {
    /// For one batch.
    package struct Job: JobPayload, Hashable {
        package static let kind = "notifications.key_recall"
        package static let queue = QueueName.email

        package let batchID: ID<LicenceKeyBatch>

        package init(_ event: LicenceKeyBatchQuarantined) { batchID = event.batchID }
    }

    /// Orders of one transaction.
    private static let page = 500

    private let orders = KeyOrderStore()

    package init() {}

    /// Each order is told once, however often this runs.
    package func run(_ job: Job, in claim: some Claim) async throws {
        var position: ID<Order>?
        while true {
            let start = position
            let page = try await claim.withUnitOfWork { work in
                let page = try await orders.orders(
                    havingKeysOf: job.batchID, after: start, limit: Self.page, in: work)
                for order in page { try work.enqueue(SendKeyRecall.Job(batchID: job.batchID, orderID: order)) }
                return page
            }
            guard let last = page.last, page.count == Self.page else { break }
            position = last
        }
        try await claim.finish { _ in }
    }
}

/// Tells a customer that licence keys of an order may not work.
package struct SendKeyRecall: Sendable {
    /// For one batch and order, once.
    package struct Job: JobPayload, Hashable {
        package static let kind = "notifications.email_key_recall"
        package static let queue = QueueName.email

        package let batchID: ID<LicenceKeyBatch>
        package let orderID: ID<Order>

        package init(batchID: ID<LicenceKeyBatch>, orderID: ID<Order>) {
            self.batchID = batchID
            self.orderID = orderID
        }

        package var uniqueKey: String? { "\(batchID)/\(orderID)" }
    }

    private let batches = LicenceKeyBatchStore()
    private let sold = SoldKeyStore()
    private let mailer: Mailer

    package init(mailer: Mailer) { self.mailer = mailer }

    /// - Parameter jobID: identifies the message for good.
    package func callAsFunction(_ job: Job, jobID: UUID, in claim: some Claim) async throws {
        try await mailer.send(in: claim) { work in
            guard let found = try await OrderStore().orderWithLines(job.orderID, visibleTo: .everything, in: work)
            else { throw PermanentJobFailure("there is no order \(job.orderID)") }
            // The batch may be trusted again by now, or the keys be replaced.
            guard try await batches.batch(job.batchID, visibleTo: .everything, in: work)?.quarantine != nil else {
                return nil
            }
            let keys = try await sold.keys(of: job.batchID, on: found.lines.map(\.id.uuid), in: work)
            let lines = Set(keys.map(\.line))
            guard !lines.isEmpty else { return nil }
            let order = found.order
            var locale = MessageLocale.english
            if let id = order.customer.account, let account = try await AccountStore().account(ID(uuid: id), in: work) {
                locale = MessageLocale(account.locale)
            }
            return ComposedEmail(
                id: jobID, subject: .order(order.id), recipient: order.customer.email, locale: locale,
                template: KeyRecallMail(
                    orderNumber: order.number,
                    titles: found.lines.filter { lines.contains($0.id.uuid) }.map(\.title)))
        }
    }
}
