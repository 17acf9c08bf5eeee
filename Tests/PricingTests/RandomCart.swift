import Catalog
import Core
import Foundation
import Values
import Vendors

@testable import Pricing

/// A cart made up of everything that prices depend on, with the rules to price it by.
struct RandomCart {
    let currency: Currency
    let isGST: Bool
    let classes: [[Band]]
    let vendors: [ID<Vendor>]
    let taxed: [Bool]
    let products: [ID<Product>]
    let categories: [ID<Catalog.Category>]
    let isAcross: Bool
    let highest: Bool
    let allDiscounts: Bool
    let multiple: Int64?
    let isServiceTaxed: Bool
    var lines: [Line] = []
    var charges: [Charge] = []
    var promotions: [Promotion] = []

    struct Band {
        let above: Int64?
        let upTo: Int64?
        let rates: [RateHead: Int]
    }

    struct Line {
        let vendor: Int
        let product: Int
        let categories: [Int]
        let price: Int64
        let quantity: Int64
        let isIncluded: Bool
        let taxClass: Int
    }

    struct Charge {
        let vendor: Int?
        let kind: PricingRequest.Charge.Kind
        let provider: AdjustmentBearer
        let amount: Int64
        let isIncluded: Bool
    }

    init(seed: UInt64) {
        var random = SplitMix(state: seed)
        func flag(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        currency = [Currency.jpy, .bdt, .inr, .kwd].randomElement(using: &random)!
        let isGST = flag(50)
        self.isGST = isGST
        let halves = stride(from: 0, through: 400_000, by: 2_500).filter { $0 % 5_000 == 0 || $0 < 20_000 }
        classes = (0..<4).map { number in
            func rate() -> Int { flag(10) ? 0 : halves.randomElement(using: &random)! }
            func rates() -> [RateHead: Int] {
                var rates: [RateHead: Int] = [isGST ? .gst : .vat: isGST ? rate() / 2 * 2 : rate()]
                if flag(25) { rates[isGST ? .cess : .supplementaryDuty] = rate() }
                return rates
            }
            let bound = Int64.random(in: 100...50_000, using: &random)
            guard number == 3 else { return [Band(above: nil, upTo: nil, rates: rates())] }
            let heads = rates()
            return [
                Band(above: nil, upTo: bound, rates: heads),
                Band(above: bound, upTo: nil, rates: heads.mapValues { $0 * 2 }),
            ]
        }
        vendors = (0..<Int.random(in: 1...4, using: &random)).map { _ in ID(uuid: UUID()) }
        taxed = vendors.map { _ in flag(80) }
        products = (0..<8).map { _ in ID(uuid: UUID()) }
        categories = (0..<4).map { _ in ID(uuid: UUID()) }
        isAcross = flag(50)
        highest = flag(20)
        allDiscounts = flag(20)
        multiple = flag(20) ? 100 : nil
        isServiceTaxed = flag(60)
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            lines.append(
                Line(
                    vendor: vendors.indices.randomElement(using: &random)!,
                    product: products.indices.randomElement(using: &random)!,
                    categories: categories.indices.filter { _ in flag(30) },
                    price: .random(in: 0...(flag(20) ? 10 : 100_000), using: &random),
                    quantity: .random(in: 1...(flag(70) ? 5 : 900), using: &random), isIncluded: flag(70),
                    taxClass: .random(in: 0..<4, using: &random)))
        }
        let present = Set(lines.map(\.vendor)).sorted()
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let vendor = flag(70) ? present.randomElement(using: &random) : nil
            charges.append(
                Charge(
                    vendor: vendor, kind: flag(80) ? .shipping : .fee,
                    provider: vendor != nil && flag(60) ? .vendor : .marketplace,
                    amount: .random(in: 0...9_999, using: &random), isIncluded: flag(70)))
        }
        for _ in 0..<Int.random(in: 0...6, using: &random) { promotions.append(promotion(using: &random)) }
    }

    private func promotion(using random: inout SplitMix) -> Promotion {
        func flag(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func rate() -> Rate { Rate(partsPerMillion: .random(in: 1...(flag(10) ? 1_000_000 : 400_000), using: &random)) }
        let amount = Int64.random(in: 1...30_000, using: &random)
        let action: PromotionAction =
            switch Int.random(in: 0..<6, using: &random) {
            case 0: .percentage(rate(), atMost: flag(40) ? amount : nil)
            case 1: .amount(amount)
            case 2: .amountPerUnit(amount / 100 + 1)
            case 3:
                .tiers(
                    .subtotal,
                    (1...3).map { PromotionTier(minimum: $0 * 20_000, discount: .percentage(rate())) })
            case 4:
                .buyGet(
                    BuyGet(
                        buy: .random(in: 1...3, using: &random), get: .random(in: 1...2, using: &random), rate: rate()))
            default: .freeShipping(atMost: flag(40) ? amount : nil)
            }
        let vendor = flag(30) ? vendors.randomElement(using: &random) : nil
        let share = Int.random(in: 0...1_000_000, using: &random)
        let combines: Set<String>? = flag(50) ? nil : Set(["a", "b", "c"].filter { _ in flag(60) })
        let stacking = PromotionStacking(
            priority: .random(in: 0...3, using: &random), isExclusive: flag(10),
            group: ["a", "b", "c"].randomElement(using: &random)!, combinesWith: combines)
        let scope = PromotionScope(
            products: flag(30) ? Set(products.filter { _ in flag(40) }) : [],
            categories: flag(30) ? Set(categories.filter { _ in flag(40) }) : [],
            excludedProducts: flag(20) ? Set(products.filter { _ in flag(20) }) : [])
        return .sample(action, vendor: vendor, share: share, currency: currency) {
            $0.minimumSubtotal = flag(30) ? amount : nil
            $0.stacking = stacking
            $0.scope = scope
        }
    }
}

extension RandomCart {
    private var country: String { isGST ? "IN" : "BD" }
    private var home: String { isGST ? "27" : "BD-13" }

    var rules: PricingRules {
        var rates: [TaxRate] = []
        for (number, bands) in classes.enumerated() {
            for band in bands {
                for (head, ppm) in band.rates {
                    rates.append(rate("class_\(number)", head, ppm, TaxRate.Band(above: band.above, upTo: band.upTo)))
                }
            }
        }
        rates.append(rate("service", isGST ? .gst : .vat, 180_000, .any))
        let jurisdiction = TaxJurisdiction(
            country: country, scheme: isGST ? .indianGST : .vat, timeZone: .gmt, defaultClass: nil,
            serviceClass: "service")
        let registration = ServiceSeller.Registration(kind: isGST ? .gstin : .bin, number: "0001234560101")
        return PricingRules(
            settings: PricingSettings(
                timeZone: .gmt,
                seller: ServiceSeller(
                    country: country, region: home, registration: isServiceTaxed ? registration : nil),
                compositeCharges: highest ? .highestRate : .proRata, taxableDiscounts: allDiscounts ? .all : .supplier,
                totalsMultipleOf: multiple),
            jurisdictions: [jurisdiction], rates: rates, promotions: promotions)
    }

    private func rate(_ taxClass: String, _ head: RateHead, _ ppm: Int, _ band: TaxRate.Band) -> TaxRate {
        TaxRate(
            id: ID(uuid: UUID()), country: country, goods: .taxClass(taxClass), head: head,
            rate: Rate(partsPerMillion: ppm), band: band, bandCurrency: band == .any ? nil : currency,
            validFrom: CivilDate(daysSinceEpoch: 0), source: "test", recordedAt: .distantPast)
    }

    var request: PricingRequest {
        func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: currency) }
        let standings = zip(vendors, taxed).map { vendor, isTaxed in
            (
                vendor,
                TaxStanding(
                    kind: isTaxed ? .regular : .unregistered, country: country, region: home, crossesRegions: true)
            )
        }
        return PricingRequest(
            currency: currency, time: Date(timeIntervalSince1970: 1_800_000_000),
            destination: .init(country: country, region: isAcross ? "29" : home),
            lines: lines.map { line in
                PricingRequest.Line(
                    subject: PricingSubject(
                        variant: ID(uuid: UUID()), product: products[line.product], vendor: vendors[line.vendor],
                        categories: line.categories.map { categories[$0] },
                        listPrice: PricePerUnit(money(line.price), includesTax: line.isIncluded),
                        taxClass: "class_\(line.taxClass)"), quantity: line.quantity)
            },
            charges: charges.enumerated().map { number, charge in
                PricingRequest.Charge(
                    key: "\(number)", kind: charge.kind, vendor: charge.vendor.map { vendors[$0] },
                    provider: charge.provider, amount: money(charge.amount), includesTax: charge.isIncluded)
            }, vendors: Dictionary(uniqueKeysWithValues: standings))
    }
}
