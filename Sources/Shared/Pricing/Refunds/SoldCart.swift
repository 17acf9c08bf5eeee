package import Core
package import Vendors

/// What was sold, as it was recorded: the basis of everything that comes back, whatever rules hold by then.
package struct SoldCart: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package let vendor: ID<Vendor>
        package let quantity: Int64
        package let unitPrice: Money

        package init(vendor: ID<Vendor>, quantity: Int64, unitPrice: Money) {
            self.vendor = vendor
            self.quantity = quantity
            self.unitPrice = unitPrice
        }
    }

    package let currency: Currency
    package let lines: [Line]
    /// Their targets and charges are places in here.
    package let adjustments: [PriceAdjustment]

    package init(currency: Currency, lines: [Line], adjustments: [PriceAdjustment]) {
        self.currency = currency
        self.lines = lines
        self.adjustments = adjustments
    }

    package init(_ cart: PricedCart) {
        self.init(
            currency: cart.currency,
            lines: cart.lines.map { Line(vendor: $0.vendor, quantity: $0.quantity, unitPrice: $0.unitPrice.amount) },
            adjustments: cart.adjustments)
    }
}

/// Units of lines. Those of a line are counted from 0 in an order that is fixed at the sale.
package struct UnitSelection: Hashable, Sendable {
    /// By the place of the line; ranges in their order that do not touch one another.
    package let ranges: [Int: [Range<Int64>]]

    /// Ranges may come in any order; empty ones are left out.
    /// - Throws: `RefundError.repeatedUnit`.
    package init(_ ranges: [Int: [Range<Int64>]]) throws(RefundError) {
        var merged: [Int: [Range<Int64>]] = [:]
        for (line, ranges) in ranges {
            for range in ranges.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
                if let last = merged[line]?.last, last.upperBound >= range.lowerBound {
                    guard last.upperBound == range.lowerBound else { throw .repeatedUnit(line: line) }
                    merged[line]?.removeLast()
                    merged[line, default: []].append(last.lowerBound..<range.upperBound)
                } else {
                    merged[line, default: []].append(range)
                }
            }
        }
        self.ranges = merged
    }

    package static let none = UnitSelection(merged: [:])

    private init(merged: [Int: [Range<Int64>]]) { ranges = merged }

    func count(of line: Int) -> Int64 { ranges[line]?.reduce(0) { $0 + Int64($1.count) } ?? 0 }
}

/// Why units can't come back.
package enum RefundError: Error, Hashable, Sendable {
    case unknownLine(Int)
    case unknownUnit(line: Int)
    /// It is named twice, or came back before.
    case repeatedUnit(line: Int)
}
