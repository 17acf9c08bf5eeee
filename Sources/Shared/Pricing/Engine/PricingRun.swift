import Core
import Vendors

/// One cart on its way to its price. Amounts are minor units of the request's currency.
struct PricingRun {
    /// A discount of something: who gives how much of it.
    struct Discount {
        /// Of the promotion.
        let place: Int
        let vendor: Int64
        let marketplace: Int64

        var amount: Int64 { vendor + marketplace }
    }

    /// Something that is bought: the goods of a line, or a charge.
    struct Item {
        /// Before discounts.
        let price: Int64
        /// Who supplies it, whose own discounts make its taxable value smaller.
        let provider: AdjustmentBearer
        /// What the customer has still to pay for it.
        private(set) var net: Int64
        /// What is taxed, with or without its taxes as the price is.
        private(set) var taxed: Int64
        private(set) var discounts: [Discount] = []

        init(price: Int64, provider: AdjustmentBearer) {
            self.price = price
            self.provider = provider
            net = price
            taxed = price
        }

        mutating func take(_ discount: Discount, _ rule: PricingSettings.TaxableDiscounts) {
            discounts.append(discount)
            net -= discount.amount
            if rule == .all || provider == .vendor { taxed -= discount.vendor }
            if rule == .all || provider == .marketplace { taxed -= discount.marketplace }
        }
    }

    /// How the goods of a line are taxed.
    struct LineTax {
        var supply: Supply
        var rates: RateSet
        var taxed: TaxedAmount
    }

    let rules: PricingRules
    let request: PricingRequest
    var goods: [Item]
    var charges: [Item]
    /// The vendors in the order in which their lines first appear, and each line's.
    let vendors: [ID<Vendor>]
    let vendorOfLine: [Int]
    var lineTaxes: [LineTax] = []
    var supplies: [Supply] = []
    var adjustments: [PriceAdjustment] = []
    var refusals: [LineRefusal] = []
    var coupons: [CouponOutcome] = []
    var applied: [AppliedPromotion] = []
    var gifts: [GiftOffer] = []
    var trace = PricingTrace()

    var settings: PricingSettings { rules.settings }

    init(_ request: PricingRequest, rules: PricingRules) throws(PricingError) {
        guard request.lines.count <= PricingRequest.mostLines, request.charges.count <= PricingRequest.mostCharges,
            request.coupons.count <= PricingRequest.mostCoupons
        else { throw .tooMany }
        self.request = request
        self.rules = rules
        var room = PricingRules.mostMinor
        var goods: [Item] = []
        for (index, line) in request.lines.enumerated() {
            guard line.unitPrice.amount.currency == request.currency else { throw .mixedCurrencies(line: index) }
            guard PricingRequest.Line.quantities.contains(line.quantity) else { throw .quantity(line: index) }
            let (price, isTooMuch) = line.unitPrice.amount.minorUnits.multipliedReportingOverflow(by: line.quantity)
            guard !isTooMuch, 0...room ~= price else { throw .amount }
            room -= price
            goods.append(Item(price: price, provider: .vendor))
        }
        self.goods = goods
        var places: [ID<Vendor>: Int] = [:]
        var vendors: [ID<Vendor>] = []
        vendorOfLine = request.lines.map { line in
            if let place = places[line.subject.vendor] { return place }
            places[line.subject.vendor] = vendors.count
            vendors.append(line.subject.vendor)
            return vendors.count - 1
        }
        self.vendors = vendors
        var charges: [Item] = []
        for (index, charge) in request.charges.enumerated() {
            guard charge.amount.currency == request.currency, 0...room ~= charge.amount.minorUnits else {
                throw .amount
            }
            guard charge.vendor.map({ places[$0] != nil }) ?? true else { throw .chargeWithoutGoods(charge: index) }
            room -= charge.amount.minorUnits
            charges.append(Item(price: charge.amount.minorUnits, provider: charge.provider))
        }
        self.charges = charges
        traceUnitPrices()
    }

    func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: request.currency) }

    private mutating func traceUnitPrices() {
        for (index, line) in request.lines.enumerated() {
            let origin: PricingTrace.UnitPriceOrigin =
                if line.unitPrice != line.subject.unitPrice(for: line.quantity) {
                    .agreed
                } else if line.subject.quantityPrices.contains(where: { $0.minimumQuantity <= line.quantity }) {
                    .priceList
                } else {
                    .list
                }
            trace.steps.append(.unitPrice(line: index, origin))
        }
    }

    mutating func refuse(_ line: Int, _ reason: LineRefusal.Reason) {
        let refusal = LineRefusal(line: line, reason: reason)
        refusals.append(refusal)
        trace.steps.append(.refusal(refusal))
    }

    /// Adds the rows of discounts of one thing.
    mutating func add(
        _ discounts: [Discount], target: PriceAdjustment.Target, charge: Int? = nil
    ) {
        for discount in discounts {
            for (amount, bearer) in [(discount.vendor, AdjustmentBearer.vendor), (discount.marketplace, .marketplace)]
            where amount != 0 {
                adjustments.append(
                    PriceAdjustment(
                        kind: .discount, target: target, charge: charge, amount: money(-amount), bearer: bearer,
                        source: rules.promotions.entries[discount.place].source))
            }
        }
    }

    /// Adds the rows of the taxes on one thing.
    mutating func add(
        _ taxed: TaxedAmount, isIncluded: Bool, target: PriceAdjustment.Target, charge: Int? = nil,
        bearer: AdjustmentBearer
    ) {
        for row in taxed.rows {
            adjustments.append(
                PriceAdjustment(
                    kind: .tax, target: target, charge: charge, amount: money(row.amount), isIncluded: isIncluded,
                    bearer: bearer, rate: Rate(partsPerMillion: row.ppm), head: row.head, taxable: money(row.taxable),
                    source: row.source))
        }
    }
}
