import Core
package import Foundation
import Inventory
package import Jobs
package import Orders
package import Postgres

/// Carries out `OrderDelivered`: mails the customer every key that the order has so far. The keys are decrypted only now, which is
/// put on record, and stand nowhere but in the message itself.
package struct SendOrderDelivered: Sendable {
    private let postgres: any PostgresExecutor
    private let reveal: RevealOrderKeys
    private let mailer: Mailer

    package init(postgres: any PostgresExecutor, reveal: RevealOrderKeys, mailer: Mailer) {
        self.postgres = postgres
        self.reveal = reveal
        self.mailer = mailer
    }

    /// - Parameters:
    ///   - jobID: identifies the message for good.
    ///   - before: for what has to be on record before the message leaves.
    package func callAsFunction(
        _ job: OrderDelivered, jobID: UUID, before: some WorkScope, in scope: some WorkScope
    ) async throws {
        guard let found = try await OrderStore().orderWithLines(job.orderID, in: postgres) else {
            throw PermanentJobFailure("there is no order \(job.orderID)")
        }
        let order = found.order
        let email = Email(
            id: jobID, orderID: order.id, vendorID: nil, template: OrderDeliveredMail.name,
            templateVersion: OrderDeliveredMail.version, recipient: order.email)
        try await mailer.send(email, before: before, in: scope) { work in
            let keys = try await reveal(found, by: .system, in: work)
            let items = found.lines.compactMap { line -> OrderDeliveredMail.Item? in
                let own = keys.filter { $0.line == line.id.uuid }.map { $0.key.reveal() }
                return own.isEmpty ? nil : OrderDeliveredMail.Item(title: line.title, keys: own)
            }
            return items.isEmpty ? nil : OrderDeliveredMail(orderNumber: order.number, items: items)
        }
    }
}
