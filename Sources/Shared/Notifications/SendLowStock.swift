package import Catalog
package import Core
package import Foundation
package import Identity
package import Inventory
package import Jobs
import Registrations
import Values
package import Vendors

/// Has those of a vendor's team told who may see stock that some is low.
package struct NotifyLowStock: Sendable {
    /// For one variant that has become low.
    package struct Job: JobPayload, Hashable {
        package static let kind = "notifications.low_stock"
        package static let queue = QueueName.email

        package let variantID: ID<Variant>
        package let productID: ID<Product>
        package let vendorID: ID<Vendor>

        package init(_ low: StockLow) {
            (variantID, productID, vendorID) = (low.variantID, low.productID, low.vendorID)
        }
    }

    /// Of one team.
    static let mostMembers = 50

    private let clock: any WallClock

    package init(clock: some WallClock) { self.clock = clock }

    package func callAsFunction(_ job: Job, in work: UnitOfWork) async throws {
        guard let vendor = try await VendorStore().vendor(job.vendorID, visibleTo: .everything, in: work),
            vendor.mailsLowStock
        else { return }
        let today = vendor.market.map { CivilDate(clock.now, in: $0) } ?? CivilDate(utc: clock.now)
        let members = try await MembershipStore().addressees(
            in: job.vendorID.uuid, having: .stockRead, limit: Self.mostMembers, in: work)
        for member in members {
            try work.enqueue(SendLowStock.Job(job, to: member.account, on: today.iso8601))
        }
    }
}

/// Tells somebody of a vendor's team that there is not much left of a variant.
package struct SendLowStock: Sendable {
    /// For one variant and reader, once on a day.
    package struct Job: JobPayload, Hashable {
        package static let kind = "notifications.email_low_stock"
        package static let queue = QueueName.email

        package let variantID: ID<Variant>
        package let productID: ID<Product>
        package let vendorID: ID<Vendor>
        package let accountID: ID<Account>
        /// Where the vendor is.
        package let day: String

        package init(_ low: NotifyLowStock.Job, to account: ID<Account>, on day: String) {
            (variantID, productID, vendorID) = (low.variantID, low.productID, low.vendorID)
            (accountID, self.day) = (account, day)
        }

        package var uniqueKey: String? { "\(variantID)/\(accountID)/\(day)" }
    }

    private let shop: String
    private let mailer: Mailer

    /// - Parameter shop: the host by which people know it.
    package init(shop: String, mailer: Mailer) {
        self.shop = shop
        self.mailer = mailer
    }

    /// - Parameter jobID: identifies the message for good.
    package func callAsFunction(_ job: Job, jobID: UUID, in claim: some Claim) async throws {
        try await mailer.send(in: claim) { work in
            // Goods may have come meanwhile, and the reader may have left.
            let level = try await StockStore().levels(of: [job.variantID], in: work)[0]
            let members = try await MembershipStore().addressees(
                in: job.vendorID.uuid, having: .stockRead, limit: NotifyLowStock.mostMembers, in: work)
            guard level.isLow, let member = members.first(where: { $0.account == job.accountID }),
                let product = try await ProductStore().product(job.productID, visibleTo: .everything, in: work),
                let variant = product.variants.first(where: { $0.id == job.variantID })
            else { return nil }
            return ComposedEmail(
                id: jobID, subject: .of(job.variantID), recipient: member.email, locale: MessageLocale(member.locale),
                template: LowStockMail(
                    title: [product.title, variant.title].filter { !$0.isEmpty }.joined(separator: ", "),
                    sku: variant.sku, left: max(level.free, 0), shop: shop))
        }
    }
}
