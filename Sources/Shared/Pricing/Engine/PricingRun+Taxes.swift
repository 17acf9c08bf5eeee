import Core
import Vendors

extension PricingRun {
    /// Taxes the goods line by line, at the rates that their prices after discounts have.
    mutating func taxGoods() {
        for vendor in vendors {
            let standing = request.vendors[vendor] ?? .unknown
            let supply = Supply(by: standing, to: request.destination, rules: rules, at: request.time)
            supplies.append(supply)
            trace.steps.append(.supply(vendor, supply.reason, region: supply.region))
        }
        for line in request.lines.indices {
            let supply = supplies[vendorOfLine[line]]
            if let reason = supply.refusal { refuse(line, reason) }
            let tax = tax(on: line, supply)
            lineTaxes.append(tax)
            add(
                tax.taxed, isIncluded: request.lines[line].unitPrice.includesTax, target: .line(line),
                bearer: .vendor)
            trace.steps.append(
                .rates(line: line, tax.rates.entries.map(\.rate), taxable: money(tax.taxed.taxable)))
            checkMaximumRetailPrice(of: line, tax)
        }
    }

    private mutating func tax(on line: Int, _ supply: Supply) -> LineTax {
        let subject = request.lines[line].subject
        let amount = goods[line].taxed
        func taxed(_ rates: RateSet) -> LineTax {
            LineTax(
                supply: supply, rates: rates,
                taxed: TaxedAmount(
                    of: amount, isIncluded: request.lines[line].unitPrice.includesTax, rates: rates, place: supply.place
                ))
        }
        guard let day = supply.day else { return taxed(.none) }
        let candidates = rules.taxes.candidates(
            taxClass: subject.taxClass, hsn: subject.hsn, currency: request.currency, on: day)
        guard !candidates.isMissing else {
            refuse(line, .noRate)
            return taxed(.none)
        }
        if candidates.areFlat { return taxed(candidates.flat) }
        let quantity = request.lines[line].quantity
        for (band, rates) in candidates.bands {
            let tax = taxed(rates)
            if band.holds(unitValue: tax.taxed.taxable, of: quantity) { return tax }
        }
        refuse(line, .noConsistentRate)
        return taxed(.none)
    }

    /// No unit may cost more than its package says, taxes included and before discounts.
    private mutating func checkMaximumRetailPrice(of line: Int, _ tax: LineTax) {
        let item = request.lines[line]
        guard let most = item.subject.maximumRetail, most.currency == request.currency else { return }
        var price = item.unitPrice.amount.minorUnits
        if !item.unitPrice.includesTax {
            price += TaxedAmount(of: price, isIncluded: false, rates: tax.rates, place: tax.supply.place).tax
        }
        if price > most.minorUnits { refuse(line, .aboveMaximumRetailPrice) }
    }
}

extension TaxRate.Band {
    /// Whether one of so many equal units has a value within it.
    fileprivate func holds(unitValue value: Int64, of quantity: Int64) -> Bool {
        let value = Int128(value)
        return (above.map { value > Int128($0) * Int128(quantity) } ?? true)
            && (upTo.map { value <= Int128($0) * Int128(quantity) } ?? true)
    }
}
