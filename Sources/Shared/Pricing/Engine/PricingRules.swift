package import Core
import Vendors

/// What prices are made by: settings, taxes and promotions, compiled once for all requests of a process.
package struct PricingRules: Sendable {
    /// So many minor units the goods and charges of a cart come to at most; leaves room for every tax on them.
    static let mostMinor: Int64 = .max / 512

    package let settings: PricingSettings
    let taxes: TaxTable
    let promotions: PromotionIndex

    package init(
        settings: PricingSettings, jurisdictions: [TaxJurisdiction] = [], rates: [TaxRate] = [],
        promotions: [Promotion] = [], usage: [ID<Promotion>: PromotionUsage] = [:]
    ) {
        self.settings = settings
        taxes = TaxTable(jurisdictions: jurisdictions, rates: rates)
        self.promotions = PromotionIndex(promotions.filter { $0.status == .active }, usage: usage)
    }

    /// Whether a promotion is among them.
    package func know(_ promotion: ID<Promotion>) -> Bool { promotions.places[promotion] != nil }

    /// What a cart costs. The same request has the same answer: nothing but the request and the rules counts.
    /// - Throws: `PricingError`.
    package func price(_ request: PricingRequest) throws(PricingError) -> PricedCart {
        var run = try PricingRun(request, rules: self)
        run.applyPromotions()
        run.taxGoods()
        run.addCharges()
        return run.finish()
    }
}
