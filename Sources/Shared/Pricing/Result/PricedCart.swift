package import Catalog
package import Core
import Postgres
package import Vendors

/// What a cart costs, and why.
package struct PricedCart: Hashable, Sendable {
    package let currency: Currency
    /// In the order of the request.
    package let lines: [PricedLine]
    /// In the order in which their lines first appear.
    package let vendors: [PricedVendor]
    /// All of them; each charge before its discounts and taxes.
    package let adjustments: [PriceAdjustment]
    package let totals: PriceTotals
    /// Empty where the cart may be ordered.
    package let refusals: [LineRefusal]
    package let coupons: [CouponOutcome]
    /// What is to be redeemed when the cart is ordered.
    package let promotions: [AppliedPromotion]
    package let gifts: [GiftOffer]
    package let trace: PricingTrace

    /// What the customer pays.
    package var total: Money { totals.total }
}

/// The sums of a price's parts, each of the whole cart or of one vendor's part of it.
package struct PriceTotals: Hashable, Sendable {
    /// Units at their prices before discounts.
    package internal(set) var goods: Money
    /// Negative.
    package internal(set) var discount: Money
    package internal(set) var shipping: Money
    package internal(set) var fees: Money
    /// Every tax, whether prices contain it or not.
    package internal(set) var tax: Money
    package internal(set) var rounding: Money
    /// What the customer pays: goods, and all adjustments that no price contains.
    package internal(set) var total: Money

    init(currency: Currency) {
        let nothing = Money.zero(currency)
        goods = nothing
        discount = nothing
        shipping = nothing
        fees = nothing
        tax = nothing
        rounding = nothing
        total = nothing
    }
}

package struct PricedLine: Hashable, Sendable {
    package let variant: ID<Variant>
    package let vendor: ID<Vendor>
    package let quantity: Int64
    package let unitPrice: PricePerUnit
    /// Units at their price.
    package let goods: Money
    /// Of the goods; negative.
    package let discount: Money
    /// On the goods.
    package let tax: Money
    /// The goods' value before taxes, on which they are reckoned.
    package let taxable: Money
    /// What the customer pays for the goods, taxes included.
    package let total: Money
}

/// One vendor's part of a cart.
package struct PricedVendor: Hashable, Sendable {
    package let vendor: ID<Vendor>
    package let totals: PriceTotals
    package let standing: TaxStanding
    /// Where it is taxed; nil where that is not known.
    package let supplyCountry: String?
    package let supplyRegion: String?
    package let document: TaxDocumentKind
}

/// What a vendor owes the buyer on paper.
package enum TaxDocumentKind: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case taxInvoice = "tax_invoice"
    /// India: of who charges no tax, and of exempt goods.
    case billOfSupply = "bill_of_supply"
    /// India: taxed and exempt goods on one paper.
    case invoiceCumBillOfSupply = "invoice_cum_bill_of_supply"
    /// Bangladesh: Mushak 6.3.
    case vatChallan = "vat_challan"
    case bill
}

/// A promotion that makes the cart cheaper.
package struct AppliedPromotion: Hashable, Sendable {
    package let promotion: ID<Promotion>
    /// Of one that came by a code.
    package let code: ID<PromotionCode>?
    /// What it takes off; positive.
    package let amount: Money

    package init(promotion: ID<Promotion>, code: ID<PromotionCode>?, amount: Money) {
        self.promotion = promotion
        self.code = code
        self.amount = amount
    }
}

/// Units that would cost nothing if the customer added them.
package struct GiftOffer: Hashable, Sendable {
    package let promotion: ID<Promotion>
    package let variant: ID<Variant>
    /// How many more.
    package let quantity: Int64

    package init(promotion: ID<Promotion>, variant: ID<Variant>, quantity: Int64) {
        self.promotion = promotion
        self.variant = variant
        self.quantity = quantity
    }
}
