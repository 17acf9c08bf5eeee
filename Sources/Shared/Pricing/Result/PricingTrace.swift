package import Core
package import Vendors

/// Why each price is what it is, step by step.
package struct PricingTrace: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        /// Where a line's unit price is from.
        case unitPrice(line: Int, UnitPriceOrigin)
        case promotion(ID<Promotion>, PromotionStep)
        /// A line's share of a promotion.
        case discount(line: Int, ID<Promotion>, amount: Money)
        /// Where a vendor's part is taxed, and by what rule.
        case supply(ID<Vendor>, SupplyReason, region: String?)
        /// Which rates a line has.
        case rates(line: Int, [ID<TaxRate>], taxable: Money)
        case refusal(LineRefusal)
    }

    package enum UnitPriceOrigin: String, Hashable, Sendable {
        case list
        case priceList = "price_list"
        case agreed
    }

    package enum PromotionStep: Hashable, Sendable {
        case applied(Money)
        case offeredGift
        case passedOver(CouponRefusal)
    }

    package enum SupplyReason: String, Hashable, Sendable {
        case withinRegion = "within_region"
        case acrossRegions = "across_regions"
        case wholeCountry = "whole_country"
        /// No address, or none that says where: taxed where it is sold.
        case destinationUnknown = "destination_unknown"
        case export
        /// Who sells charges no tax.
        case notTaxed = "not_taxed"
        case jurisdictionUnknown = "jurisdiction_unknown"
    }

    package internal(set) var steps: [Step] = []
}
