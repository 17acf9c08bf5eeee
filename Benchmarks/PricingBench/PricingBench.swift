import ArgumentParser
import Catalog
import Core
import Foundation
import Pricing
import Values
import Vendors

/// Measures how much of a processor's time the price of a large cart takes.
@main
struct PricingBench: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bench-pricing")

    @Option(help: "Lines of the cart.") var lines = 200
    @Option(help: "Promotions in force.") var promotions = 50
    @Option(help: "How often it is priced.") var rounds = 500

    mutating func run() throws {
        let cart = LargeCart(lines: lines, promotions: promotions)
        let rules = cart.rules
        var times: [Double] = []
        var (rows, applied) = (0, 0)
        for _ in 0..<rounds {
            let began = Self.processorTime
            let priced = try rules.price(cart.request)
            times.append((Self.processorTime - began) * 1_000)
            (rows, applied) = (priced.adjustments.count, priced.promotions.count)
        }
        times.sort()
        print(
            """
            {"cpu_p50_ms": \(times[times.count / 2]), "cpu_p99_ms": \(times[times.count * 99 / 100]), \
            "adjustments": \(rows), "promotions_applied": \(applied)}
            """)
    }

    /// In seconds.
    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }
}

/// Goods of twenty vendors in fifty categories, and promotions of every kind: for all goods, for categories, for vendors.
private struct LargeCart {
    let request: PricingRequest
    let rules: PricingRules

    init(lines: Int, promotions: Int) {
        let vendors = (0..<20).map { _ in ID<Vendor>(uuid: UUID()) }
        let categories = (0..<50).map { _ in ID<Catalog.Category>(uuid: UUID()) }
        let collections = (0..<20).map { _ in ID<ProductCollection>(uuid: UUID()) }
        let classes = ["merit", "standard", "apparel"]
        func money(_ minorUnits: Int) -> Money { Money(minorUnits: Int64(minorUnits), currency: .inr) }
        request = PricingRequest(
            currency: .inr, time: Date(timeIntervalSince1970: 1_800_000_000),
            destination: .init(country: "IN", region: "29"),
            lines: (0..<lines).map { number in
                PricingRequest.Line(
                    subject: PricingSubject(
                        variant: ID(uuid: UUID()), product: ID(uuid: UUID()), vendor: vendors[number % 20],
                        categories: (0..<4).map { categories[(number + $0 * 7) % 50] },
                        collections: [collections[number % 20]],
                        listPrice: PricePerUnit(money(10_000 + number * 137)), taxClass: classes[number % 3],
                        hsn: "610910"), quantity: Int64(number % 5 + 1))
            },
            charges: vendors.map {
                PricingRequest.Charge(
                    key: "delivery", kind: .shipping, vendor: $0, provider: .vendor, amount: money(4_900))
            },
            vendors: Dictionary(
                uniqueKeysWithValues: vendors.map {
                    ($0, TaxStanding(kind: .regular, country: "IN", region: "27", crossesRegions: true))
                }))
        rules = PricingRules(
            settings: PricingSettings(timeZone: .gmt), jurisdictions: [Self.india], rates: Self.rates,
            promotions: (0..<promotions).map { number in
                Self.promotion(number, vendors: vendors, categories: categories, collections: collections)
            })
    }

    private static let india = TaxJurisdiction(
        country: "IN", scheme: .indianGST, timeZone: .gmt, defaultClass: "standard", serviceClass: "standard")

    private static let rates = [
        rate("merit", 50_000), rate("standard", 180_000),
        rate("apparel", 50_000, TaxRate.Band(above: nil, upTo: 250_000)),
        rate("apparel", 180_000, TaxRate.Band(above: 250_000, upTo: nil)),
    ]

    private static func rate(_ code: String, _ ppm: Int, _ band: TaxRate.Band = .any) -> TaxRate {
        TaxRate(
            id: ID(uuid: UUID()), country: "IN", goods: .taxClass(code), head: .gst, rate: Rate(partsPerMillion: ppm),
            band: band, bandCurrency: band == .any ? nil : .inr, validFrom: CivilDate(daysSinceEpoch: 0),
            source: "bench", recordedAt: .distantPast)
    }

    private static func promotion(
        _ number: Int, vendors: [ID<Vendor>], categories: [ID<Catalog.Category>],
        collections: [ID<ProductCollection>]
    ) -> Promotion {
        let action: PromotionAction =
            switch number % 5 {
            case 0: .percentage(.percent(2), atMost: nil)
            case 1: .amount(1_000)
            case 2: .buyGet(BuyGet(buy: 4, get: 1, rate: .percent(20)))
            case 3: .tiers(.subtotal, [PromotionTier(minimum: 1, discount: .percentage(.percent(1)))])
            default: .freeShipping(atMost: 500)
            }
        let scope: PromotionScope =
            switch number % 4 {
            case 0: PromotionScope()
            case 1: PromotionScope(categories: Set(categories[(number % 45)..<(number % 45 + 5)]))
            case 2: PromotionScope(vendors: Set(vendors[(number % 15)..<(number % 15 + 5)]))
            default: PromotionScope(collections: [collections[number % 20]])
            }
        return Promotion(
            id: ID(uuid: UUID()), vendor: nil,
            terms: PromotionTerms(
                title: "Promotion \(number)", trigger: .automatic, action: action, currency: .inr, scope: scope,
                vendorShare: .percent(30)), createdAt: .distantPast, updatedAt: .distantPast)
    }
}
