package import Catalog
package import Core
import Foundation
package import Orders
package import Vendors

/// A vendor order as documents tell it: what was frozen when it was placed. Amounts are minor units of its currency.
package struct Sale: Hashable, Sendable {
    package let vendorOrder: ID<VendorOrder>
    /// For people.
    package let number: String
    package let vendor: ID<Vendor>
    package let currency: Currency
    /// What the vendor sells under here; nil where it has no registration.
    package let registration: ID<TaxRegistration>?
    /// The code of the region where it is taxed.
    package let supplyRegion: String?
    /// What the vendor has to give the buyer.
    package let documentDue: DocumentType
    /// In the order in which they were placed.
    package let lines: [Line]
    /// What the vendor charges beside them.
    package let charges: [Charge]
    /// Signed.
    package let rounding: [Amount]

    package struct Line: Hashable, Sendable {
        package let id: ID<OrderLine>
        package let variant: ID<Variant>
        package let kind: VariantKind
        package let title: String
        package let sku: String
        package let hsn: String?
        package let quantity: Int64
        package let unitPrice: Int64
        package let priceIncludesTax: Bool
        /// What the vendor gives of all units, and what the marketplace pays for the buyer; neither is negative.
        package let discount: Int64
        package let marketplaceDiscount: Int64
        package let taxes: [Tax]
    }

    package struct Charge: Hashable, Sendable {
        package let title: String
        /// With those of its discounts.
        package let adjustments: [ID<OrderAdjustment>]
        /// Before discounts.
        package let amount: Int64
        package let discount: Int64
        /// What the marketplace pays of it for the buyer.
        package let marketplaceDiscount: Int64
        package let taxes: [Tax]
    }

    package struct Tax: Hashable, Sendable {
        package let head: String
        package let rate: Int
        package let amount: Int64
        package let isIncluded: Bool
    }

    package struct Amount: Hashable, Sendable {
        package let adjustment: ID<OrderAdjustment>
        package let amount: Int64
    }
}

extension Sale.Line {
    var all: UnitRanges { UnitRanges([0..<quantity]) }

    var isTaxed: Bool { taxes.isTaxed }
}

extension [Sale.Tax] {
    /// A tax at the rate of nil is none.
    var isTaxed: Bool { contains { $0.rate > 0 || $0.amount != 0 } }

    /// What they add to a price.
    var added: Int64 { reduce(0) { $1.isIncluded ? $0 : $0 &+ $1.amount } }
}
