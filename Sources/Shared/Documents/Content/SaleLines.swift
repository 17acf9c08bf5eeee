import Catalog
import Core
import Orders

extension Sale {
    /// Some units of its lines as a document lists them.
    /// - Throws: `MoneyError` for amounts beyond what can be counted.
    func contentLines(_ units: [ID<OrderLine>: UnitRanges]) throws(MoneyError) -> [DocumentContent.Line] {
        var listed: [DocumentContent.Line] = []
        for line in lines {
            guard let ranges = units[line.id], !ranges.isEmpty else { continue }
            listed.append(try line.content(ranges, in: currency))
        }
        return listed
    }

    /// What the vendor charges beside the lines.
    /// - Parameter before: what stands on a document already.
    func contentCharges(
        but before: Set<ID<OrderAdjustment>>
    ) throws(MoneyError) -> [DocumentContent.Line] {
        var listed: [DocumentContent.Line] = []
        for charge in charges where before.isDisjoint(with: charge.adjustments) {
            let taxes = charge.taxes.map { DocumentContent.Tax(head: $0.head, rate: $0.rate, amount: $0.amount) }
            let net = try sum([charge.amount, -charge.discount, charge.taxes.added])
            listed.append(
                DocumentContent.Line(
                    adjustments: charge.adjustments.map(\.description), title: charge.title, quantity: 1,
                    unit: UnitCode.ofServices, unitPrice: charge.amount, gross: charge.amount,
                    discount: charge.discount, taxable: try sum([net] + taxes.map { -$0.amount }), taxes: taxes,
                    total: net))
        }
        return listed
    }

    private func sum(_ amounts: [Int64]) throws(MoneyError) -> Int64 {
        try amounts.map { Money(minorUnits: $0, currency: currency) }.total(in: currency).minorUnits
    }

    /// What the marketplace gives for units, and for charges that stand on no document yet.
    func marketplaceDiscount(
        _ units: [ID<OrderLine>: UnitRanges], but before: Set<ID<OrderAdjustment>>
    ) -> Int64 {
        let ofLines = lines.map { line in
            units[line.id]?.share(of: line.marketplaceDiscount, among: line.quantity) ?? 0
        }
        let ofCharges = charges.filter { before.isDisjoint(with: $0.adjustments) }.map(\.marketplaceDiscount)
        return (ofLines + ofCharges).reduce(0, &+)
    }
}

extension Sale.Line {
    fileprivate func content(
        _ units: UnitRanges, in currency: Currency
    ) throws(MoneyError) -> DocumentContent.Line {
        func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: currency) }
        let gross = try money(unitPrice).multiplied(by: units.count)
        let given = units.share(of: discount, among: quantity)
        var (total, taxable) = (try gross.subtracting(money(given)), try gross.subtracting(money(given)))
        var listed: [DocumentContent.Tax] = []
        for tax in taxes {
            let amount = units.share(of: tax.amount, among: quantity)
            listed.append(DocumentContent.Tax(head: tax.head, rate: tax.rate, amount: amount))
            if tax.isIncluded {
                taxable = try taxable.subtracting(money(amount))
            } else {
                total = try total.adding(money(amount))
            }
        }
        return DocumentContent.Line(
            orderLine: id.description, units: units.pairs, title: title, sku: sku, hsn: hsn, quantity: units.count,
            unit: kind == .physical ? UnitCode.ofGoods : UnitCode.ofServices, unitPrice: unitPrice,
            gross: gross.minorUnits, discount: given, taxable: taxable.minorUnits, taxes: listed,
            total: total.minorUnits)
    }
}

/// Units of quantity as India's tax office abbreviates them (UQC). Unconfirmed for what is no piece of something.
enum UnitCode {
    static let ofGoods = "PCS"
    static let ofServices = "OTH"
}

extension DocumentContent.Line {
    /// Some units of this line, of those that its document is about: cut as the line was, so that they come to it together.
    /// - Parameter chosen: among its own.
    func credited(_ chosen: UnitRanges) -> DocumentContent.Line {
        let own = ranges
        /// Of an amount for all of the line's units, in the order of these.
        func share(_ amount: Int64) -> Int64 { own.positions(of: chosen).share(of: amount, among: own.count) }
        var line = self
        line.units = chosen.pairs
        line.quantity = chosen.count
        line.gross = share(gross)
        line.total = share(total)
        line.discount = share(discount)
        line.taxes = taxes.map { DocumentContent.Tax(head: $0.head, rate: $0.rate, amount: share($0.amount)) }
        line.taxable = line.taxes.reduce(line.total) { $0 &- $1.amount }
        return line
    }
}

extension UnitRanges {
    /// The places of units among these, from 0.
    fileprivate func positions(of chosen: UnitRanges) -> UnitRanges {
        var (before, places): (Int64, [Range<Int64>]) = (0, [])
        for range in ranges {
            for part in chosen.ranges {
                let lower = Swift.max(range.lowerBound, part.lowerBound)
                let upper = Swift.min(range.upperBound, part.upperBound)
                guard lower < upper else { continue }
                places.append((before + lower - range.lowerBound)..<(before + upper - range.lowerBound))
            }
            before += Int64(range.count)
        }
        return UnitRanges(places)
    }
}
