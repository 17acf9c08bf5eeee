package import Core
package import Foundation
import Identity
package import Jobs
package import Orders
package import Vendors

/// Tells a vendor what was sold and what they get for it.
package struct SendVendorSale: Sendable {
    /// Tells a vendor about a sale, once per order.
    package struct Job: JobPayload, Hashable {
        package static let kind = "notifications.vendor_sale"
        package static let queue = QueueName.email

        package let orderID: ID<Order>
        package let vendorID: ID<Vendor>

        package init(orderID: ID<Order>, vendorID: ID<Vendor>) {
            self.orderID = orderID
            self.vendorID = vendorID
        }

        package var uniqueKey: String? { "\(orderID)/\(vendorID)" }
    }

    private let mailer: Mailer

    package init(mailer: Mailer) {
        self.mailer = mailer
    }

    /// - Parameter jobID: identifies the message for good.
    package func callAsFunction(
        _ job: Job, jobID: UUID, in claim: some Claim
    ) async throws {
        try await mailer.send(in: claim) { work in
            guard let found = try await OrderStore().orderWithLines(job.orderID, visibleTo: .everything, in: work),
                let vendor = try await VendorStore().vendor(job.vendorID, visibleTo: .everything, in: work)
            else { throw PermanentJobFailure("there is no order \(job.orderID) or no vendor \(job.vendorID)") }
            let lines = found.lines.filter { $0.vendor == vendor.id }
            // All of it went back before the vendor was told: there is nothing to send.
            guard found.order.paymentState != .refunded, !lines.isEmpty else { return nil }
            return ComposedEmail(
                id: jobID, subject: .sale(found.order.id, to: vendor.id), recipient: vendor.email,
                template: try mail(lines, of: found.order, to: vendor))
        }
    }

    /// Commission is rounded line by line, as the ledger rounds it.
    private func mail(_ lines: [OrderLine], of order: Order, to vendor: Vendor) throws -> VendorSaleMail {
        let currency = order.total.currency
        let gross = try lines.map(\.total).total(in: currency)
        let commission = try lines.map { try $0.total.share(at: $0.commissionRate) }.total(in: currency)
        return VendorSaleMail(
            vendorName: vendor.name, orderNumber: order.number,
            lines: lines.map {
                VendorSaleMail.Line(title: $0.title, quantity: $0.quantity, amount: $0.total.description)
            },
            commission: commission.description, payable: try gross.subtracting(commission).description)
    }
}
