import Core
import Vendors

extension PricingRun {
    /// Adds everything up, from the parts alone.
    mutating func finish() -> PricedCart {
        let owners = adjustments.map { vendor(of: $0.target) }
        var totals = [PriceTotals](repeating: PriceTotals(currency: request.currency), count: vendors.count)
        var own = PriceTotals(currency: request.currency)
        for (line, item) in goods.enumerated() {
            totals[vendorOfLine[line]].goods += item.price
            totals[vendorOfLine[line]].total += item.price
        }
        for (adjustment, owner) in zip(adjustments, owners) {
            if let owner { totals[owner].add(adjustment) } else { own.add(adjustment) }
        }
        for place in vendors.indices { round(&totals[place], target: .vendor(vendors[place])) }
        round(&own, target: .order)
        let whole = totals.reduce(into: own) { $0.add($1) }
        return PricedCart(
            currency: request.currency, lines: pricedLines(), vendors: pricedVendors(totals), adjustments: adjustments,
            totals: whole, refusals: refusals, coupons: coupons, promotions: applied, gifts: gifts, trace: trace)
    }

    /// The place of the vendor whose part it is in.
    private func vendor(of target: PriceAdjustment.Target) -> Int? {
        switch target {
        case .line(let line): vendorOfLine[line]
        case .vendor(let vendor): vendors.firstIndex(of: vendor)
        case .order: nil
        }
    }

    private mutating func round(_ totals: inout PriceTotals, target: PriceAdjustment.Target) {
        guard let unit = settings.totalsMultipleOf, unit > 1 else { return }
        let total = totals.total.minorUnits
        let rounding = Rounding.halfUp(Int128(total), over: Int128(unit)) * unit - total
        guard rounding != 0 else { return }
        let adjustment = PriceAdjustment(
            kind: .rounding, target: target, amount: money(rounding), bearer: .marketplace, source: "rounding")
        adjustments.append(adjustment)
        totals.add(adjustment)
    }

    private func pricedLines() -> [PricedLine] {
        zip(request.lines, zip(goods, lineTaxes)).map { line, made in
            let (item, tax) = made
            let added = line.unitPrice.includesTax ? 0 : tax.taxed.tax
            return PricedLine(
                variant: line.subject.variant, vendor: line.subject.vendor, quantity: line.quantity,
                unitPrice: line.unitPrice, goods: money(item.price),
                discount: money(item.net - item.price), tax: money(tax.taxed.tax), taxable: money(tax.taxed.taxable),
                total: money(item.net + added))
        }
    }

    private func pricedVendors(_ totals: [PriceTotals]) -> [PricedVendor] {
        vendors.indices.map { place in
            let standing = request.vendors[vendors[place]] ?? .unknown
            let supply = supplies[place]
            return PricedVendor(
                vendor: vendors[place], totals: totals[place], standing: standing, supplyCountry: supply.country,
                supplyRegion: supply.region, document: document(of: place, standing))
        }
    }

    private func document(of place: Int, _ standing: TaxStanding) -> TaxDocumentKind {
        switch (standing.registrationKind, standing.kind) {
        case (.bin?, _): .vatChallan
        case (_, .composition): .billOfSupply
        case (_, .enrolled), (_, .unregistered): .bill
        case (_, .regular):
            switch exemptLines(of: place) {
            case (isTaxed: true, isExempt: true): .invoiceCumBillOfSupply
            case (isTaxed: false, isExempt: true): .billOfSupply
            default: .taxInvoice
            }
        }
    }

    /// An export is taxed at nothing, which is not to be exempt.
    private func exemptLines(of place: Int) -> (isTaxed: Bool, isExempt: Bool) {
        guard supplies[place].day != nil else { return (true, false) }
        let rates = lineTaxes.indices.filter { vendorOfLine[$0] == place }.map { lineTaxes[$0].rates }
        return (rates.contains { !$0.isNil }, rates.contains { $0.isNil })
    }
}

extension PriceTotals {
    fileprivate mutating func add(_ adjustment: PriceAdjustment) {
        let amount = adjustment.amount.minorUnits
        switch adjustment.kind {
        case .discount: discount += amount
        case .shipping: shipping += amount
        case .fee: fees += amount
        case .tax: tax += amount
        case .rounding: rounding += amount
        }
        if !adjustment.isIncluded { total += amount }
    }

    fileprivate mutating func add(_ other: PriceTotals) {
        goods += other.goods.minorUnits
        discount += other.discount.minorUnits
        shipping += other.shipping.minorUnits
        fees += other.fees.minorUnits
        tax += other.tax.minorUnits
        rounding += other.rounding.minorUnits
        total += other.total.minorUnits
    }
}

extension Money {
    /// Within a cart, whose amounts leave room.
    fileprivate static func += (sum: inout Money, minorUnits: Int64) {
        sum = Money(minorUnits: sum.minorUnits + minorUnits, currency: sum.currency)
    }
}
