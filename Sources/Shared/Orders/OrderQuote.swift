package import Catalog
package import Core
import Foundation
package import Pricing
package import Shipping
package import Vendors

/// What an order would come to, and how it could be shipped and paid.
package struct OrderQuote: Sendable {
    /// In the order of the lines.
    package let offers: [Offer]
    package let subjects: [PricingSubject]
    package let priced: PricedCart
    /// One for each vendor of whom something is shipped, in the order in which they first appear.
    package let shipments: [QuotedShipment]
    /// On what terms cash is collected, or why it is not.
    package let cash: Result<CashQuote, CashOnDeliveryRefused>
    package let paymentMethod: PaymentMethod

    package var total: Money { priced.total }

    /// What is paid before anything is shipped, where that is not all; nil where it is all or nothing.
    package var advance: Money? {
        guard paymentMethod == .cashOnDelivery, case .success(let cash) = cash else { return nil }
        return cash.advance
    }

    /// Vendors whose goods go nowhere near.
    package var undeliverable: [ID<Vendor>] { shipments.filter(\.isUndeliverable).map(\.vendor) }

    /// - Throws: a 409 `Problem` ("not-deliverable", "lines-refused"), or `CashOnDeliveryRefused`, where it can't be ordered so.
    package func checkOrderable() throws {
        guard undeliverable.isEmpty else { throw Problem.notDeliverable(undeliverable) }
        guard priced.refusals.isEmpty else { throw Problem.linesRefused(priced) }
        if paymentMethod == .cashOnDelivery { _ = try cash.get() }
    }
}

/// How the goods of one vendor can go, and how they go.
package struct QuotedShipment: Hashable, Sendable {
    package let vendor: ID<Vendor>
    /// nil while it is not known where to.
    package let offer: ShippingOffer?
    package let chosen: ShippingOption?

    package init(vendor: ID<Vendor>, offer: ShippingOffer?, chosen: ShippingOption?) {
        self.vendor = vendor
        self.offer = offer
        self.chosen = chosen
    }

    var isUndeliverable: Bool { offer.map { $0 != .unpriced } ?? false && chosen == nil }
}

/// On what terms cash is collected for an order.
package struct CashQuote: Hashable, Sendable {
    /// What collecting it costs; part of the total where the order is paid so.
    package let fee: Money
    /// What is paid before anything is shipped; nil for nothing.
    package let advance: Money?
    package let asksForCode: Bool

    package init(fee: Money, advance: Money?, asksForCode: Bool) {
        self.fee = fee
        self.advance = advance
        self.asksForCode = asksForCode
    }
}

extension Problem {
    static func notDeliverable(_ vendors: [ID<Vendor>]) -> Problem {
        Problem(
            type: "not-deliverable", title: "Something can’t be delivered there", status: 409,
            detail: "Take these vendors’ goods out, or have them sent elsewhere",
            extensions: ["vendor_ids": .array(vendors.map { .string($0.description) })])
    }

    static func linesRefused(_ priced: PricedCart) -> Problem {
        Problem(
            type: "lines-refused", title: "Something can’t be sold so", status: 409,
            detail: "Take these lines out, or have them sent elsewhere",
            extensions: [
                "lines": .array(
                    priced.refusals.map { refusal in
                        [
                            "variant_id": .string(priced.lines[refusal.line].variant.description),
                            "reason": .string(refusal.reason.rawValue),
                        ]
                    })
            ])
    }
}
