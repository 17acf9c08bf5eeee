import Catalog
import Core
import Foundation
import Testing
import Vendors

@testable import Pricing

@Suite("Promotions") struct PromotionTests {
    private func price(_ cart: SampleCart, _ promotions: Promotion...) throws -> PricedCart {
        let priced = try SampleRules.make(promotions: promotions).price(cart.request)
        #expect(priced.isConsistent)
        return priced
    }

    private func discounts(_ cart: PricedCart) -> [Int64] { cart.lines.map(\.discount.minorUnits) }

    @Test("A percentage is taken of all goods together, at most so much, and spread over them")
    func percentage() throws {
        var cart = SampleCart()
        for price in [3_333, 3_333, 3_334] as [Int64] { cart.add(price) }
        #expect(discounts(try price(cart, .sample(.percentage(.percent(10), atMost: nil)))) == [-333, -333, -334])
        #expect(discounts(try price(cart, .sample(.percentage(.percent(10), atMost: 100)))) == [-33, -33, -34])
    }

    @Test("An amount takes off no more than there is, and one for each unit counts units")
    func amounts() throws {
        var cart = SampleCart()
        cart.add(1_000, 2)
        cart.add(500)
        #expect(discounts(try price(cart, .sample(.amount(9_999)))) == [-2_000, -500])
        #expect(discounts(try price(cart, .sample(.amountPerUnit(600)))) == [-1_200, -500])
    }

    @Test("Who buys two gets the cheapest third one free, as often as that works and no more often than is said")
    func buyGet() throws {
        var cart = SampleCart()
        cart.add(1_000, 4)
        cart.add(600, 3)
        #expect(discounts(try price(cart, .sample(.buyGet(BuyGet(buy: 2, get: 1))))) == [0, -1_200])
        #expect(discounts(try price(cart, .sample(.buyGet(BuyGet(buy: 2, get: 1, atMost: 1))))) == [0, -600])
        #expect(
            discounts(try price(cart, .sample(.buyGet(BuyGet(buy: 1, get: 2, rate: .percent(50)))))) == [-500, -900])
        #expect(discounts(try price(cart, .sample(.buyGet(BuyGet(buy: 7, get: 1))))) == [0, 0])
    }

    @Test("Who buys some goods gets others cheaper")
    func buyGetOthers() throws {
        let (phone, case_) = (ID<Product>(uuid: UUID()), ID<Product>(uuid: UUID()))
        var cart = SampleCart()
        cart.add(50_000, 2, product: phone)
        cart.add(900, 3, product: case_)
        let promotion = Promotion.sample(.buyGet(BuyGet(buy: 1, get: 1, products: [case_]))) {
            $0.scope.products = [phone]
        }
        #expect(discounts(try price(cart, promotion)) == [0, -1_800])
    }

    @Test("The highest tier that is reached counts, by what goods cost before discounts or by how many they are")
    func tiers() throws {
        let tiers = [
            PromotionTier(minimum: 1_000, discount: .percentage(.percent(5))),
            PromotionTier(minimum: 2_000, discount: .amount(300)),
        ]
        for (price, discount) in [(999, 0), (1_000, -50), (1_999, -100), (2_000, -300)] as [(Int64, Int64)] {
            var cart = SampleCart()
            cart.add(price)
            #expect(discounts(try self.price(cart, .sample(.tiers(.subtotal, tiers)))) == [discount])
        }
        var cart = SampleCart()
        cart.add(10, 2_000)
        #expect(discounts(try price(cart, .sample(.tiers(.quantity, tiers)))) == [-300])
    }

    @Test("A gift that is not there is offered, and one that is there costs nothing")
    func gift() throws {
        var cart = SampleCart()
        cart.add(10_000)
        var mug = SampleCart()
        let subject = mug.add(400)
        let promotion = Promotion.sample(.gift(subject.variant, quantity: 2)) { $0.minimumSubtotal = 10_000 }
        let offered = try price(cart, promotion)
        #expect(offered.gifts == [GiftOffer(promotion: promotion.id, variant: subject.variant, quantity: 2)])
        #expect(offered.promotions.isEmpty)
        cart.lines.append(PricingRequest.Line(subject: subject, quantity: 3))
        let taken = try price(cart, promotion)
        #expect(discounts(taken) == [0, -800])
        #expect(taken.gifts.isEmpty)
        // The gift itself does not count for what has to be bought.
        mug.lines[0] = PricingRequest.Line(subject: subject, quantity: 100)
        #expect(discounts(try price(mug, promotion)) == [0])
    }

    @Test("Free delivery reaches the vendors whose goods are in scope, and lowers the tax of who gives it alone")
    func freeShipping() throws {
        let other = ID<Vendor>(uuid: UUID())
        var cart = SampleCart()
        cart.vendors[other] = .regular("27")
        cart.add(11_800)
        cart.add(11_800, vendor: other)
        cart.charge(1_180)
        cart.charge(1_180, vendor: other)
        let vendors = try price(cart, .sample(.freeShipping(atMost: nil), vendor: other))
        #expect(vendors.total.minorUnits == 23_600 + 1_180)
        #expect(vendors.charges.map { vendors.taxes(charge: $0)[.cgst] } == [90, 0])
        let marketplaces = try price(cart, .sample(.freeShipping(atMost: 1_000)))
        #expect(marketplaces.total.minorUnits == 23_600 + 1_360)
        #expect(marketplaces.charges.map { marketplaces.taxes(charge: $0)[.cgst] } == [90, 90])
        #expect(marketplaces.promotions.map(\.amount.minorUnits) == [1_000])
    }

    @Test("A vendor's promotion reaches its own goods, and never the delivery of the whole order")
    func vendors() throws {
        let other = ID<Vendor>(uuid: UUID())
        var cart = SampleCart()
        cart.vendors[other] = .regular("27")
        cart.add(10_000)
        cart.add(10_000, vendor: other)
        #expect(
            discounts(try price(cart, .sample(.percentage(.percent(10), atMost: nil), vendor: other))) == [0, -1_000])
        var own = SampleCart()
        own.add(10_000)
        own.charge(500, by: .marketplace, vendor: nil)
        let priced = try price(own, .sample(.freeShipping(atMost: nil), vendor: SampleCart.vendor))
        #expect(priced.total.minorUnits == 10_500)
    }

    @Test("Who bears a promotion is told to the minor unit, and only the supplier's own share lowers the tax")
    func bearers() throws {
        var cart = SampleCart(across: true)
        for _ in 0..<3 { cart.add(11_800) }
        let shared = Promotion.sample(.amount(100), share: 333_333)
        let priced = try price(cart, shared)
        func sum(_ bearer: AdjustmentBearer) -> Int64 {
            priced.adjustments.filter { $0.kind == .discount && $0.bearer == bearer }.reduce(0) {
                $0 + $1.amount.minorUnits
            }
        }
        #expect(sum(.vendor) == -33)
        #expect(sum(.marketplace) == -67)
        let all = try SampleRules.make(promotions: [.sample(.amount(11_800))], discounts: .all).price(cart.request)
        #expect(all.totals.tax.minorUnits == 3_600)
        let supplier = try SampleRules.make(promotions: [.sample(.amount(11_800))]).price(cart.request)
        #expect(supplier.totals.tax.minorUnits == 5_400)
    }

    @Test("Scopes name goods by product, collection and category, of vendors, and leave some out")
    func scopes() throws {
        let (product, collection, category) = (
            ID<Product>(uuid: UUID()), ID<ProductCollection>(uuid: UUID()), ID<Catalog.Category>(uuid: UUID())
        )
        let other = ID<Vendor>(uuid: UUID())
        var cart = SampleCart()
        cart.vendors[other] = .regular("27")
        cart.add(100, product: product)
        cart.add(100, categories: [ID(uuid: UUID()), category], collections: [collection])
        cart.add(100, vendor: other, categories: [category])
        cart.add(100)
        func reached(_ change: @escaping (inout PromotionScope) -> Void) throws -> [Int] {
            let promotion = Promotion.sample(.amountPerUnit(1)) { change(&$0.scope) }
            return try discounts(price(cart, promotion)).enumerated().filter { $0.element != 0 }.map(\.offset)
        }
        #expect(try reached { _ in } == [0, 1, 2, 3])
        #expect(try reached { $0.products = [product] } == [0])
        #expect(try reached { $0.collections = [collection] } == [1])
        #expect(try reached { $0.categories = [category] } == [1, 2])
        #expect(
            try reached {
                $0.categories = [category]; $0.products = [product]
            } == [0, 1, 2])
        #expect(
            try reached {
                $0.categories = [category]; $0.vendors = [other]
            } == [2])
        #expect(
            try reached {
                $0.vendors = [SampleCart.vendor]; $0.excludedProducts = [product]
            } == [1, 3])
    }

    @Test("Coupons say why they do not count")
    func refusals() throws {
        var cart = SampleCart()
        cart.add(1_000)
        func refusal(
            usage: PromotionUsage? = nil, _ change: @escaping (inout PromotionTerms) -> Void
        ) throws -> CouponRefusal? {
            let promotion = Promotion.sample(.amount(100), .coupon, change)
            var shown = cart
            shown.show(promotion)
            let rules = SampleRules.make(promotions: [promotion], usage: usage.map { [promotion.id: $0] } ?? [:])
            return try rules.price(shown.request).coupons[0].refusal
        }
        let now = cart.time
        #expect(try refusal { _ in } == nil)
        #expect(try refusal { $0.schedule.startsAt = now + 1 } == .notStarted)
        #expect(try refusal { $0.schedule.endsAt = now } == .ended)
        #expect(try refusal { $0.currency = .bdt } == .otherCurrency)
        #expect(try refusal { $0.audience.groups = ["staff"] } == .customerNotEligible)
        #expect(try refusal { $0.audience.isForFirstOrder = true } == .customerNotEligible)
        #expect(try refusal(usage: PromotionUsage(uses: 5)) { $0.limits.uses = 5 } == .usedUp)
        #expect(try refusal(usage: PromotionUsage(spent: 950)) { $0.limits.budget = 1_000 } == .budgetSpent)
        #expect(try refusal { $0.minimumSubtotal = 1_001 } == .minimumNotReached)
        #expect(try refusal { $0.minimumQuantity = 2 } == .minimumNotReached)
        #expect(try refusal { $0.scope.products = [ID(uuid: UUID())] } == .nothingEligible)

        let limited = Promotion.sample(.amount(100), .coupon) { $0.limits.usesPerCustomer = 2 }
        cart.show(limited)
        cart.show(limited, typed: "AGAIN")
        cart.customer = PricingRequest.Customer(groups: ["staff"], isFirstOrder: true, uses: [limited.id: 2])
        #expect(try price(cart, limited).coupons.map(\.refusal) == [.customerLimit, .duplicate])
        cart.customer = PricingRequest.Customer(uses: [limited.id: 1])
        #expect(try price(cart, limited).coupons.map(\.refusal) == [nil, .duplicate])
        cart.coupons = [.init(typed: "NONE", promotion: nil, code: nil, refusal: .unknown)]
        #expect(try price(cart, limited).coupons.map(\.refusal) == [.unknown])
    }

    @Test("Promotions that don't combine never touch the same goods; the greater priority goes first")
    func stacking() throws {
        var cart = SampleCart()
        let product = cart.add(1_000).product
        cart.add(1_000)
        let exclusive = Promotion.sample(.percentage(.percent(50), atMost: nil), priority: 5) {
            $0.stacking.isExclusive = true
            $0.scope.products = [product]
        }
        let wide = Promotion.sample(.percentage(.percent(10), atMost: nil), .coupon)
        cart.show(wide)
        let both = try price(cart, exclusive, wide)
        #expect(discounts(both) == [-500, -100])
        #expect(both.coupons[0].refusal == nil)
        let narrow = Promotion.sample(.percentage(.percent(10), atMost: nil), .coupon) { $0.scope.products = [product] }
        cart.coupons = []
        cart.show(narrow)
        #expect(try price(cart, exclusive, narrow).coupons[0].refusal == .notCombinable)
    }

    @Test("Groups combine where both say so, one percentage after the other")
    func groups() throws {
        var cart = SampleCart()
        cart.add(1_000)
        func discount(_ first: Set<String>?, _ second: Set<String>?) throws -> Int64 {
            let bank = Promotion.sample(.percentage(.percent(10), atMost: nil), priority: 2) {
                $0.stacking = PromotionStacking(priority: 2, group: "bank", combinesWith: first)
            }
            let season = Promotion.sample(.percentage(.percent(10), atMost: nil), priority: 1) {
                $0.stacking = PromotionStacking(priority: 1, group: "season", combinesWith: second)
            }
            return try discounts(price(cart, bank, season))[0]
        }
        #expect(try discount(nil, nil) == -190)
        #expect(try discount(["season"], ["bank"]) == -190)
        #expect(try discount(["season"], ["other"]) == -100)
        #expect(try discount([], nil) == -100)
    }

    @Test("Hours and days of the week are those of the marketplace's clocks")
    func hours() {
        // Tuesday 2026-12-01, 12:00 in Dhaka.
        let noon = Date(timeIntervalSince1970: 1_796_104_800)
        let zone = TimeZone(identifier: "Asia/Dhaka")!
        func refusal(_ days: Set<Int>, _ minutes: Range<Int>, _ time: Date) -> CouponRefusal? {
            PromotionSchedule(week: .init(days: days, minutes: minutes)).refusal(at: time, in: zone)
        }
        #expect(refusal([2], 0..<1440, noon) == nil)
        #expect(refusal([1], 0..<1440, noon) == .notStarted)
        #expect(refusal([2], 720..<721, noon + 59) == nil)
        #expect(refusal([2], 720..<721, noon + 60) == .notStarted)
        #expect(refusal([2], 0..<1440, noon + 12 * 3600) == .notStarted)
    }

    @Test(
        "The same code is meant however it is typed",
        arguments: [
            ("eid-20", "EID20"), (" EID 20 ", "EID20"), ("Eid২০", "EID20"), ("ঈদ ২০", "ঈদ20"),
            ("eid\u{200B}20", "EID20"),
            ("১২৩", "123"), ("STRASSE", "STRASSE"), ("straße", "STRASSE"),
        ])
    func codes(typed: String, text: String) {
        #expect(CouponCode(typed: typed).map { Array($0.text.utf8) } == Array(text.utf8))
    }

    @Test(
        "What is no code is none",
        arguments: ["", "AB", "A_B_C", "万万万①", String(repeating: "A", count: 41), "A+B+C", "<b>"])
    func noCodes(typed: String) {
        #expect(CouponCode(typed: typed) == nil)
    }
}

@Suite("Why a price is what it is") struct PricingTraceTests {
    @Test(
        "Each step is told: where prices are from, what promotions did or why not, where and at which rates goods are taxed"
    )
    func steps() throws {
        let (applied, late) = (
            Promotion.sample(.amount(100), priority: 1), Promotion.sample(.amount(100)) { $0.minimumSubtotal = 9_999 }
        )
        var cart = SampleCart(across: true)
        cart.add(1_180, maximumRetail: 1_000)
        let rules = SampleRules.make(promotions: [applied, late])
        let priced = try rules.price(cart.request)
        let steps = try #require(priced.trace.json.arrayValue)
        #expect(
            steps.compactMap { $0["step"]?.textValue?.string } == [
                "unit_price", "discount", "promotion_applied", "promotion_passed_over", "supply", "rates", "refusal",
            ])
        #expect(steps[0]["origin"] == "list")
        #expect(steps[2]["amount_minor"] == 100 && steps[2]["promotion_id"] == .string(applied.id.description))
        #expect(steps[3]["reason"] == "minimum_not_reached")
        #expect(steps[4]["reason"] == "across_regions" && steps[4]["region"] == "29")
        #expect(steps[5]["taxable_minor"] == 1_000 && steps[5]["tax_rate_ids"]?.arrayValue?.count == 1)
        #expect(steps[6]["reason"] == "above_mrp")
    }
}
