import Core
import Foundation
import Values
import Vendors

@testable import Pricing

/// Taxes as the reference has them, for tests without a database.
enum SampleRules {
    static let india = TaxJurisdiction(
        country: "IN", scheme: .indianGST, timeZone: TimeZone(identifier: "Asia/Kolkata")!,
        defaultClass: "in_standard", serviceClass: "in_service",
        territories: ["04", "26", "31", "35", "38", "97"])
    static let bangladesh = TaxJurisdiction(
        country: "BD", scheme: .vat, timeZone: TimeZone(identifier: "Asia/Dhaka")!, defaultClass: "bd_standard",
        serviceClass: "bd_service")

    static let rates: [TaxRate] =
        [
            ("in_nil", 0), ("in_merit", 50_000), ("in_standard", 180_000), ("in_demerit", 400_000),
            ("in_rough_stones", 2_500),
            ("in_service", 180_000),
        ].map { rate("IN", .taxClass($0), .gst, $1) }
        + [
            rate("IN", .taxClass("in_apparel"), .gst, 50_000, TaxRate.Band(above: nil, upTo: 250_000)),
            rate("IN", .taxClass("in_apparel"), .gst, 180_000, TaxRate.Band(above: 250_000, upTo: nil)),
        ]
        + [
            ("bd_standard", 150_000), ("bd_reduced", 75_000), ("bd_reduced_5", 50_000), ("bd_exempt", 0),
            ("bd_service", 150_000),
        ].map { rate("BD", .taxClass($0), .vat, $1) }
        + [rate("BD", .heading("2402"), .supplementaryDuty, 200_000)]

    static func rate(
        _ country: String, _ goods: TaxRate.Goods, _ head: RateHead, _ ppm: Int, _ band: TaxRate.Band = .any,
        from: CivilDate = CivilDate(year: 2017, month: 7, day: 1)!, to: CivilDate? = nil
    ) -> TaxRate {
        TaxRate(
            id: ID(uuid: UUID()), country: country, goods: goods, head: head, rate: Rate(partsPerMillion: ppm),
            band: band, bandCurrency: band == .any ? nil : .inr, validFrom: from, validTo: to, source: "test",
            recordedAt: .distantPast)
    }

    static func make(
        promotions: [Promotion] = [], usage: [ID<Promotion>: PromotionUsage] = [:], rates: [TaxRate] = rates,
        composite: PricingSettings.CompositeCharges = .proRata,
        discounts: PricingSettings.TaxableDiscounts = .supplier, multipleOf: Int64? = nil,
        seller: ServiceSeller = ServiceSeller(
            country: "IN", region: "29", registration: .init(kind: .gstin, number: "29ZZZTZ4321Z9ZA"))
    ) -> PricingRules {
        PricingRules(
            settings: PricingSettings(
                timeZone: TimeZone(identifier: "Asia/Dhaka")!, seller: seller, compositeCharges: composite,
                taxableDiscounts: discounts, totalsMultipleOf: multipleOf),
            jurisdictions: [india, bangladesh], rates: rates, promotions: promotions, usage: usage)
    }
}
