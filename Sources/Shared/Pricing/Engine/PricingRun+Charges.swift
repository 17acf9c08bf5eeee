import Core
import Vendors

extension PricingRun {
    /// Adds what is paid beside the goods, with the discounts of it and the taxes on it.
    mutating func addCharges() {
        for index in request.charges.indices where charges[index].price > 0 {
            let charge = request.charges[index]
            switch (charge.provider, charge.vendor.flatMap(vendors.firstIndex)) {
            case (.vendor, let vendor?): addComposite(index, of: vendor)
            default: addService(index)
            }
        }
    }

    /// What a vendor charges for the delivery of goods is a part of their price: it has their rates.
    private mutating func addComposite(_ index: Int, of vendor: Int) {
        let lines = request.lines.indices.filter { vendorOfLine[$0] == vendor }
        if settings.compositeCharges == .highestRate {
            let highest = lines.max { lineTaxes[$0].rates.effectivePPM < lineTaxes[$1].rates.effectivePPM }
            add(
                charges[index], index, target: .vendor(vendors[vendor]),
                rates: highest.map { lineTaxes[$0].rates } ?? .none,
                place: supplies[vendor].place)
            return
        }
        var weights = lines.map { goods[$0].taxed }
        if weights.allSatisfy({ $0 == 0 }) { weights = lines.map { request.lines[$0].quantity } }
        let parts = Spread.byLargestRemainder(charges[index].price, over: weights)
        var items = parts.map { Item(price: $0, provider: charges[index].provider) }
        for discount in charges[index].discounts {
            let left = items.map(\.net)
            let amounts = Spread.byLargestRemainder(discount.amount, over: left)
            let vendorParts = Spread.byLargestRemainder(discount.vendor, over: amounts)
            for place in items.indices {
                items[place].take(
                    Discount(
                        place: discount.place, vendor: vendorParts[place],
                        marketplace: amounts[place] - vendorParts[place]), settings.taxableDiscounts)
            }
        }
        for (line, item) in zip(lines, items) where item.price > 0 {
            add(item, index, target: .line(line), rates: lineTaxes[line].rates, place: lineTaxes[line].supply.place)
        }
    }

    /// What the marketplace charges is a service of its own.
    private mutating func addService(_ index: Int) {
        let charge = request.charges[index]
        let supply = Supply(by: settings.seller.standing, to: request.destination, rules: rules, at: request.time)
        var rates = RateSet.none
        if let day = supply.day {
            rates =
                rules.taxes.candidates(
                    taxClass: charge.taxClass ?? day.jurisdiction.serviceClass, hsn: nil, currency: request.currency,
                    on: day
                ).flat
        }
        let target = charge.vendor.map { PriceAdjustment.Target.vendor($0) } ?? .order
        add(charges[index], index, target: target, rates: rates, place: supply.place)
    }

    private mutating func add(
        _ item: Item, _ index: Int, target: PriceAdjustment.Target, rates: RateSet, place: SupplyPlace
    ) {
        let charge = request.charges[index]
        let row = adjustments.count
        adjustments.append(
            PriceAdjustment(
                kind: charge.kind == .shipping ? .shipping : .fee, target: target, amount: money(item.price),
                bearer: charge.provider, source: "\(charge.kind.rawValue):\(charge.key)"))
        add(item.discounts, target: target, charge: row)
        let taxed = TaxedAmount(of: item.taxed, isIncluded: charge.includesTax, rates: rates, place: place)
        add(taxed, isIncluded: charge.includesTax, target: target, charge: row, bearer: charge.provider)
    }
}
