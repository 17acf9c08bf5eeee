package import Core

/// Some units of a line of an order, as somebody chooses them.
package struct ChosenLine: Hashable, Sendable {
    package let line: ID<OrderLine>
    package let quantity: Int64

    package init(line: ID<OrderLine>, quantity: Int64) {
        self.line = line
        self.quantity = quantity
    }
}

extension [ChosenLine] {
    /// Units by what is left of their lines.
    /// - Parameter left: how many of a line can be had, and so many of them.
    /// - Throws: a 422 `Problem` for lines that are not there or are named twice, and for more units than are left.
    package func units(
        of lines: [OrderLine], left: (OrderLine, Int64) -> (count: Int64, units: UnitRanges)
    ) throws(Problem) -> [ID<OrderLine>: UnitRanges] {
        var (check, units) = (InputCheck(), [ID<OrderLine>: UnitRanges]())
        if isEmpty { check.fail("/lines", "too_few", "must name at least one line") }
        for (index, wish) in prefix(NewOrder.lineCount.upperBound).enumerated() {
            guard let line = lines.first(where: { $0.id == wish.line }), units[line.id] == nil else {
                check.fail("/lines/\(index)/line_id", "unknown", "must be a line of the order, each once")
                continue
            }
            let found = left(line, wish.quantity)
            if found.count == 0 { check.fail("/lines/\(index)/line_id", "none_left", "has no unit left for this") }
            check.number("/lines/\(index)/quantity", wish.quantity, in: 1...Swift.max(1, found.count))
            units[line.id] = found.units
        }
        try check.finish()
        return units
    }
}
