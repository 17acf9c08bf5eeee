package import Core
import Vendors

/// What comes back for units that come back: their price and their part of every discount, tax and charge, at the rates of the sale.
///
/// The first k of n units are worth round(x · k / n) of an amount x, a unit what it adds to those before it. So whatever the order in
/// which units come back, all of them together are the line, to the minor unit.
package struct RefundQuote: Hashable, Sendable {
    /// What becomes of delivery and fees.
    package enum ChargePolicy: String, Hashable, Sendable, CaseIterable {
        case keep
        /// They come back with the last unit of what they are for.
        case withLastUnit = "with_last_unit"
        /// Unit by unit, where they are spread over lines; else with the last unit.
        case proportionate
    }

    package struct Part: Hashable, Sendable {
        /// The place of the adjustment that it is a part of; nil: of the price of the line's units.
        package let adjustment: Int?
        /// Of what belongs to a line.
        package let line: Int?
        /// Signed as at the sale: what a discount took off comes back negative.
        package let amount: Money
        /// Of a tax.
        package let taxable: Money?
        /// Whether another part contains it.
        package let isIncluded: Bool
        package let bearer: AdjustmentBearer
    }

    package let parts: [Part]
    /// What the customer gets.
    package let total: Money
    /// Of it, what vendors give back and what the marketplace does.
    package let ofVendors: Money
    package let ofMarketplace: Money

    /// - Parameter before: units that came back earlier.
    /// - Throws: `RefundError`.
    package init(
        of sale: SoldCart, returning units: UnitSelection, after before: UnitSelection = .none, charges: ChargePolicy
    ) throws(RefundError) {
        let parts = try RefundQuoting(sale, units, before, charges).parts()
        let currency = sale.currency
        func sum(_ bearer: AdjustmentBearer?) -> Money {
            let counted = parts.filter { !$0.isIncluded && (bearer == nil || $0.bearer == bearer) }
            return Money(minorUnits: counted.reduce(0) { $0 + $1.amount.minorUnits }, currency: currency)
        }
        self.parts = parts
        total = sum(nil)
        ofVendors = sum(.vendor)
        ofMarketplace = sum(.marketplace)
    }
}

private struct RefundQuoting {
    private let sale: SoldCart
    private let units: UnitSelection
    private let before: UnitSelection
    private let policy: RefundQuote.ChargePolicy

    init(
        _ sale: SoldCart, _ units: UnitSelection, _ before: UnitSelection, _ policy: RefundQuote.ChargePolicy
    ) throws(RefundError) {
        for selection in [units, before] {
            for (line, ranges) in selection.ranges {
                guard sale.lines.indices.contains(line) else { throw .unknownLine(line) }
                guard let first = ranges.first, let last = ranges.last, first.lowerBound >= 0,
                    last.upperBound <= sale.lines[line].quantity
                else { throw .unknownUnit(line: line) }
            }
        }
        for (line, ranges) in units.ranges {
            let earlier = before.ranges[line] ?? []
            guard !ranges.contains(where: { range in earlier.contains { $0.overlaps(range) } }) else {
                throw .repeatedUnit(line: line)
            }
        }
        self.sale = sale
        self.units = units
        self.before = before
        self.policy = policy
    }

    func parts() -> [RefundQuote.Part] {
        var parts: [RefundQuote.Part] = []
        for line in units.ranges.keys.sorted() {
            let goods = sale.lines[line]
            let price = goods.unitPrice.minorUnits * goods.quantity
            let rows = rows(on: .line(line), charge: nil)
            parts += self.parts(of: price, nil, rows, line: line, ranges: units.ranges[line] ?? [], of: goods.quantity)
        }
        for place in sale.adjustments.indices {
            switch sale.adjustments[place].kind {
            case .shipping, .fee: parts += charge(place)
            case .rounding where isFinished(sale.adjustments[place].target):
                parts.append(part(place, sale.adjustments[place].amount.minorUnits, nil, line: nil))
            case .rounding, .discount, .tax: break
            }
        }
        return parts
    }

    private func charge(_ place: Int) -> [RefundQuote.Part] {
        let row = sale.adjustments[place]
        let rows = rows(on: row.target, charge: place)
        let amount = row.amount.minorUnits
        switch (policy, row.target) {
        case (.keep, _): return []
        case (.proportionate, .line(let line)):
            guard let ranges = units.ranges[line] else { return [] }
            return parts(of: amount, place, rows, line: line, ranges: ranges, of: sale.lines[line].quantity)
        case (.proportionate, _), (.withLastUnit, _):
            guard isFinished(row.target) else { return [] }
            let line: Int? = if case .line(let line) = row.target { line } else { nil }
            return parts(of: amount, place, rows, line: line, ranges: [0..<1], of: 1)
        }
    }

    /// Discounts and taxes of one thing.
    private func rows(on target: PriceAdjustment.Target, charge: Int?) -> [Int] {
        sale.adjustments.indices.filter {
            let row = sale.adjustments[$0]
            return row.target == target && row.charge == charge && (row.kind == .discount || row.kind == .tax)
        }
    }

    /// Whether with these units all that the target has are back, and were not before.
    private func isFinished(_ target: PriceAdjustment.Target) -> Bool {
        let lines =
            switch target {
            case .line(let line): [line]
            case .vendor(let vendor): sale.lines.indices.filter { sale.lines[$0].vendor == vendor }
            case .order: Array(sale.lines.indices)
            }
        return lines.contains { units.count(of: $0) > 0 }
            && lines.allSatisfy { units.count(of: $0) + before.count(of: $0) == sale.lines[$0].quantity }
    }

    /// The parts of one thing and of its discounts and taxes that fall to some of its units. The price and its discounts are rounded
    /// together, those of who supplies it first, so that what is taxed is rounded as a whole.
    private func parts(
        of price: Int64, _ charge: Int?, _ rows: [Int], line: Int?, ranges: [Range<Int64>], of quantity: Int64
    ) -> [RefundQuote.Part] {
        func portion(_ amount: Int64) -> Int64 {
            ranges.reduce(0) {
                $0 + Rounding.upTo($1.upperBound, of: quantity, in: amount)
                    - Rounding.upTo($1.lowerBound, of: quantity, in: amount)
            }
        }
        let supplier = charge.map { sale.adjustments[$0].bearer } ?? .vendor
        let discounts = rows.filter { sale.adjustments[$0].kind == .discount }
        let ordered =
            discounts.filter { sale.adjustments[$0].bearer == supplier }
            + discounts.filter { sale.adjustments[$0].bearer != supplier }
        var sum = price
        var parts = [part(charge, portion(price), nil, line: line)]
        for row in ordered {
            let amount = sale.adjustments[row].amount.minorUnits
            parts.append(part(row, portion(sum + amount) - portion(sum), nil, line: line))
            sum += amount
        }
        return parts + taxes(rows.filter { sale.adjustments[$0].kind == .tax }, line: line, portion)
    }

    /// What is taxed of the units is what their taxes leave of their price, as at the sale.
    private func taxes(_ rows: [Int], line: Int?, _ portion: (Int64) -> Int64) -> [RefundQuote.Part] {
        let taxes = rows.map { sale.adjustments[$0] }
        let duty = taxes.filter { $0.head == .supplementaryDuty }.reduce(0) { $0 + $1.amount.minorUnits }
        guard let first = taxes.first(where: { $0.taxable != nil }), let taxable = first.taxable else {
            return zip(rows, taxes).map { part($0, portion($1.amount.minorUnits), nil, line: line) }
        }
        let base = taxable.minorUnits - (first.head == .vat ? duty : 0)
        let contained = taxes.filter(\.isIncluded).map(\.amount.minorUnits)
        let value =
            portion(contained.reduce(base, +)) - contained.reduce(0) { $0 + portion($1) }
        return zip(rows, taxes).map { row, tax in
            part(
                row, portion(tax.amount.minorUnits), value + (tax.head == .vat ? portion(duty) : 0), line: line)
        }
    }

    private func part(_ place: Int?, _ amount: Int64, _ taxable: Int64?, line: Int?) -> RefundQuote.Part {
        let row = place.map { sale.adjustments[$0] }
        return RefundQuote.Part(
            adjustment: place, line: line, amount: Money(minorUnits: amount, currency: sale.currency),
            taxable: taxable.map { Money(minorUnits: $0, currency: sale.currency) },
            isIncluded: row?.isIncluded ?? false, bearer: row?.bearer ?? .vendor)
    }
}
