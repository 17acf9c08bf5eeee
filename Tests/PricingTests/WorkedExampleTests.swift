import Catalog
import Core
import Foundation
import Testing
import Values
import Vendors

@testable import Pricing

/// The worked examples of the tax reference, under the numbers that they have there.
@Suite("Worked examples") struct WorkedExampleTests {
    private func price(_ cart: SampleCart, _ rules: PricingRules = SampleRules.make()) throws -> PricedCart {
        let priced = try rules.price(cart.request)
        #expect(priced.isConsistent)
        return priced
    }

    @Test("1: a price that contains its tax stays as it is, in halves within a State and whole across")
    func example1() throws {
        var cart = SampleCart()
        cart.add(64_900, 2, "in_merit")
        let within = try price(cart)
        #expect(within.taxes(line: 0) == [.cgst: 3_090, .sgst: 3_090])
        #expect(within.lines[0].taxable.minorUnits == 123_620)
        #expect(within.total.minorUnits == 129_800)
        cart.destination = .init(country: "IN", region: "29")
        let across = try price(cart)
        #expect(across.taxes(line: 0) == [.igst: 6_181])
        #expect(across.lines[0].taxable.minorUnits == 123_619)
        #expect(across.total.minorUnits == 129_800)
    }

    @Test("2: a price without its tax, and a total in whole rupees")
    func example2() throws {
        var cart = SampleCart(across: true)
        cart.add(19_999, 10, includesTax: false)
        let across = try price(cart, SampleRules.make(multipleOf: 100))
        #expect(across.taxes(line: 0) == [.igst: 35_998])
        #expect(across.lines[0].total.minorUnits == 235_988)
        #expect(across.adjustments.last?.kind == .rounding)
        #expect(across.totals.rounding.minorUnits == 12)
        #expect(across.total.minorUnits == 236_000)
        cart.destination = .init(country: "IN", region: "27")
        let within = try price(cart)
        #expect(within.taxes(line: 0) == [.cgst: 17_999, .sgst: 17_999])
        #expect(within.total.minorUnits == 235_988)
    }

    @Test("3: taxes are rounded line by line and never reckoned from the total")
    func example3() throws {
        var cart = SampleCart(across: true)
        for _ in 0..<3 { cart.add(1_010, 1, "in_merit", includesTax: false) }
        let priced = try price(cart)
        #expect(priced.totals.tax.minorUnits == 153)
        #expect(priced.total.minorUnits == 3_183)
    }

    private func example4(_ promotions: [Promotion]) -> SampleCart {
        var cart = SampleCart(across: true)
        cart.add(118_000, 1, "in_standard")
        cart.add(52_500, 1, "in_merit")
        for promotion in promotions { cart.show(promotion) }
        return cart
    }

    @Test("4: a vendor's coupon makes the taxable value smaller, the marketplace's is a payment of its own")
    func example4() throws {
        let vendors = Promotion.sample(.amount(10_000), .coupon, vendor: SampleCart.vendor, priority: 1)
        let own = Promotion.sample(.amount(5_000), .coupon)
        let priced = try price(example4([vendors, own]), SampleRules.make(promotions: [vendors, own]))
        let given = priced.adjustments.filter { $0.kind == .discount && $0.bearer == .vendor }
        #expect(given.map(\.amount.minorUnits) == [-6_921, -3_079])
        #expect(priced.taxes(line: 0) == [.igst: 16_944])
        #expect(priced.taxes(line: 1) == [.igst: 2_353])
        #expect(priced.lines.map(\.taxable.minorUnits) == [94_135, 47_068])
        #expect(priced.totals.tax.minorUnits == 19_297)
        #expect(priced.total.minorUnits == 155_500)
        #expect(priced.coupons.allSatisfy { $0.refusal == nil })
        #expect(priced.promotions.map(\.amount.minorUnits) == [10_000, 5_000])
    }

    @Test("5: what a vendor charges for delivery is taxed as its goods are, in proportion or at the highest rate")
    func example5() throws {
        let vendors = Promotion.sample(.amount(10_000), .coupon, vendor: SampleCart.vendor)
        var cart = example4([vendors])
        cart.charge(4_900)
        let shared = try price(cart, SampleRules.make(promotions: [vendors]))
        let parts = shared.charges
        #expect(parts.map { shared.adjustments[$0].amount.minorUnits } == [3_391, 1_509])
        #expect(parts.map { shared.taxes(charge: $0) } == [[.igst: 517], [.igst: 72]])
        let taxable = shared.adjustments.filter { $0.charge != nil }.compactMap { $0.taxable?.minorUnits }
        #expect(taxable == [2_874, 1_437])
        #expect(shared.total.minorUnits == 165_400)

        let highest = try price(cart, SampleRules.make(promotions: [vendors], composite: .highestRate))
        let charge = try #require(highest.charges.first)
        #expect(highest.adjustments[charge].target == .vendor(SampleCart.vendor))
        #expect(highest.taxes(charge: charge) == [.igst: 747])
        #expect(highest.adjustments.last?.taxable?.minorUnits == 4_153)
        #expect(highest.total.minorUnits == 165_400)
    }

    @Test(
        "6: three units come back one by one, in any order, and no paisa is left",
        arguments: [[0, 1, 2], [2, 0, 1], [1, 2, 0]])
    func example6(order: [Int64]) throws {
        let vendors = Promotion.sample(.amount(10_000), vendor: SampleCart.vendor)
        var cart = SampleCart()
        cart.add(49_900, 3)
        let priced = try price(cart, SampleRules.make(promotions: [vendors]))
        #expect(priced.total.minorUnits == 139_700)
        #expect(priced.taxes(line: 0) == [.cgst: 10_655, .sgst: 10_655])
        #expect(priced.lines[0].taxable.minorUnits == 118_390)

        let sale = SoldCart(priced)
        let gross: [Int64] = [46_567, 46_566, 46_567]
        let tax: [Int64] = [3_552, 3_551, 3_552]
        let taxable: [Int64] = [39_463, 39_464, 39_463]
        var returned: [Range<Int64>] = []
        var sum: Int64 = 0
        for unit in order {
            let quote = try RefundQuote(
                of: sale, returning: UnitSelection([0: [unit..<unit + 1]]), after: UnitSelection([0: returned]),
                charges: .keep)
            #expect(quote.total.minorUnits == gross[Int(unit)])
            let heads = quote.parts.filter(\.isIncluded)
            #expect(heads.map(\.amount.minorUnits) == [tax[Int(unit)], tax[Int(unit)]])
            #expect(heads.compactMap { $0.taxable?.minorUnits } == [taxable[Int(unit)], taxable[Int(unit)]])
            returned.append(unit..<unit + 1)
            sum += quote.total.minorUnits
        }
        #expect(sum == 139_700)
    }

    @Test("9: who pays by composition, or is only enrolled, charges no tax and sells within its State alone")
    func example9() throws {
        for (standing, document) in [
            (TaxStanding.bound(.composition, .gstComposition, "27"), TaxDocumentKind.billOfSupply),
            (.bound(.enrolled, .gstEnrolment, "27"), .bill),
        ] {
            var cart = SampleCart(standing: standing)
            cart.add(100_000)
            let within = try price(cart)
            #expect(within.refusals.isEmpty)
            #expect(within.totals.tax.isZero)
            #expect(within.vendors[0].document == document)
            cart.destination = .init(country: "IN", region: "29")
            #expect(try price(cart).refusals == [LineRefusal(line: 0, reason: .vendorNotInterstate)])
            cart.destination = .init(country: "IN", region: nil)
            #expect(try price(cart).refusals == [LineRefusal(line: 0, reason: .destinationRegionUnknown)])
            cart.destination = nil
            #expect(try price(cart).refusals.isEmpty)
        }
    }

    @Test(
        "10: a rate that depends on the price has to agree with the value that it leaves",
        arguments: [
            (260_000, 12_381, 247_619), (300_000, 45_763, 254_237), (262_500, 12_500, 250_000),
            (295_001, 45_000, 250_001),
        ] as [(Int64, Int64, Int64)])
    func example10(gross: Int64, tax: Int64, taxable: Int64) throws {
        var cart = SampleCart(across: true)
        cart.add(gross, 1, "in_apparel")
        let priced = try price(cart)
        #expect(priced.refusals.isEmpty)
        #expect(priced.taxes(line: 0) == [.igst: tax])
        #expect(priced.lines[0].taxable.minorUnits == taxable)
    }

    @Test(
        "10: no rate agrees in between, and a coupon can change which one does",
        arguments: [280_000, 262_501, 295_000] as [Int64])
    func example10Refused(gross: Int64) throws {
        var cart = SampleCart(across: true)
        cart.add(gross, 1, "in_apparel")
        #expect(try price(cart).refusals == [LineRefusal(line: 0, reason: .noConsistentRate)])

        let vendors = Promotion.sample(.amount(40_000), vendor: SampleCart.vendor)
        var dearer = SampleCart(across: true)
        dearer.add(300_000, 1, "in_apparel")
        let cheaper = try price(dearer, SampleRules.make(promotions: [vendors]))
        #expect(cheaper.taxes(line: 0) == [.igst: 12_381])
        #expect(cheaper.adjustments.last?.rate == Rate(partsPerMillion: 50_000))
    }

    @Test(
        "11: Bangladesh's VAT out of prices that contain it",
        arguments: [
            (115_000, "bd_standard", 15_000, 100_000), (99_900, "bd_standard", 13_030, 86_870),
            (99_900, "bd_reduced", 6_970, 92_930), (99_900, "bd_reduced_5", 4_757, 95_143),
        ] as [(Int64, String, Int64, Int64)])
    func example11(gross: Int64, taxClass: String, tax: Int64, base: Int64) throws {
        var cart = SampleCart.dhaka()
        cart.add(gross, 1, taxClass)
        let priced = try price(cart)
        #expect(priced.taxes(line: 0) == [.vat: tax])
        #expect(priced.lines[0].taxable.minorUnits == base)
        #expect(priced.vendors[0].document == .vatChallan)
    }

    @Test("11: supplementary duty comes before VAT, which is reckoned on both")
    func example11Duty() throws {
        var cart = SampleCart.dhaka()
        cart.add(100_000, 1, "bd_standard", includesTax: false, hsn: "240220")
        let without = try price(cart)
        #expect(without.taxes(line: 0) == [.supplementaryDuty: 20_000, .vat: 18_000])
        #expect(without.total.minorUnits == 138_000)
        #expect(without.adjustments.compactMap { $0.taxable?.minorUnits } == [100_000, 120_000])
        cart.lines = []
        cart.add(138_000, 1, "bd_standard", hsn: "240220")
        let with = try price(cart)
        #expect(with.taxes(line: 0) == [.supplementaryDuty: 20_000, .vat: 18_000])
        #expect(with.lines[0].taxable.minorUnits == 100_000)
    }

    @Test("(c): where goods are delivered decides, and a Territory without a legislature has a tax of its own")
    func territories() throws {
        var cart = SampleCart(standing: .regular("35"))
        cart.destination = .init(country: "IN", region: "35")
        cart.add(118_000)
        #expect(try price(cart).taxes(line: 0) == [.cgst: 9_000, .utgst: 9_000])
        cart.destination = .init(country: "IN", region: "07")
        #expect(try price(cart).taxes(line: 0) == [.igst: 18_000])
    }

    @Test("(e): no unit costs more than its package says, taxes included")
    func maximumRetailPrice() throws {
        var cart = SampleCart()
        cart.add(10_000, 1, maximumRetail: 9_999)
        cart.add(10_000, 1, maximumRetail: 10_000)
        cart.add(10_000, 1, includesTax: false, maximumRetail: 11_799)
        cart.add(10_000, 1, includesTax: false, maximumRetail: 11_800)
        #expect(
            try price(cart).refusals == [
                LineRefusal(line: 0, reason: .aboveMaximumRetailPrice),
                LineRefusal(line: 2, reason: .aboveMaximumRetailPrice),
            ])
    }

    @Test("(g): a rate changes at midnight where it holds, and what comes back has the rate of its sale")
    func change() throws {
        let day = CivilDate(year: 2025, month: 9, day: 22)!
        let rules = SampleRules.make(rates: [
            SampleRules.rate("IN", .taxClass("in_standard"), .gst, 120_000, to: day),
            SampleRules.rate("IN", .taxClass("in_standard"), .gst, 50_000, from: day),
        ])
        var cart = SampleCart(across: true)
        cart.add(112_000)
        // 00:00 in Kolkata is 18:30 of the day before in UTC.
        cart.time = Date(timeIntervalSince1970: 1_758_479_400 - 1)
        let before = try price(cart, rules)
        #expect(before.taxes(line: 0) == [.igst: 12_000])
        cart.time += 1
        #expect(try price(cart, rules).taxes(line: 0) == [.igst: 5_333])
        let quote = try RefundQuote(of: SoldCart(before), returning: UnitSelection([0: [0..<1]]), charges: .keep)
        #expect(quote.parts.last?.amount.minorUnits == 12_000)
    }
}
