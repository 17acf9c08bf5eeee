import Core
package import Foundation
package import Jobs
package import Orders
package import Postgres
import Vendors

/// Carries out `VendorSale`: tells a vendor what was sold and what they get for it.
package struct SendVendorSale: Sendable {
    private let postgres: any PostgresExecutor
    private let mailer: Mailer

    package init(postgres: any PostgresExecutor, mailer: Mailer) {
        self.postgres = postgres
        self.mailer = mailer
    }

    /// - Parameters:
    ///   - jobID: identifies the message for good.
    ///   - before: for what has to be on record before the message leaves.
    package func callAsFunction(
        _ job: VendorSale, jobID: UUID, before: some WorkScope, in scope: some WorkScope
    ) async throws {
        guard let found = try await OrderStore().orderWithLines(job.orderID, in: postgres),
            let vendor = try await VendorStore().vendor(job.vendorID, in: postgres)
        else { throw PermanentJobFailure("there is no order \(job.orderID) or no vendor \(job.vendorID)") }
        let order = found.order
        // All of it went back before the vendor was told: there is nothing to send.
        guard order.state != .refunded else { return }
        let email = Email(
            id: jobID, orderID: order.id, vendorID: vendor.id, template: VendorSaleMail.name,
            templateVersion: VendorSaleMail.version, recipient: vendor.email)
        try await mailer.send(email, before: before, in: scope) { _ in
            let lines = found.lines.filter { $0.vendor == vendor.id }
            return lines.isEmpty ? nil : try mail(lines, of: order, to: vendor)
        }
    }

    /// Commission is rounded line by line, as the ledger rounds it.
    private func mail(_ lines: [OrderLine], of order: Order, to vendor: Vendor) throws -> VendorSaleMail {
        let currency = order.total.currency
        let gross = try lines.map(\.total).total(in: currency)
        let commission = try lines.map { try $0.total.share(basisPoints: $0.commissionBasisPoints) }.total(in: currency)
        return VendorSaleMail(
            vendorName: vendor.name, orderNumber: order.number,
            lines: lines.map {
                VendorSaleMail.Line(title: $0.title, quantity: $0.quantity, amount: $0.total.description)
            },
            commission: commission.description, payable: try gross.subtracting(commission).description)
    }
}
