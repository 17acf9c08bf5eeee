/// Units of one line, by their places in it: of three units those are 0, 1 and 2.
package struct UnitRanges: Hashable, Sendable {
    /// In order, apart from one another, none empty.
    package private(set) var ranges: [Range<Int64>]

    package init(_ ranges: [Range<Int64>] = []) {
        self.ranges = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
            if let last = self.ranges.last, last.upperBound >= range.lowerBound {
                self.ranges[self.ranges.count - 1] =
                    last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
            } else {
                self.ranges.append(range)
            }
        }
    }

    package var count: Int64 { ranges.reduce(0) { $0 + Int64($1.count) } }
    package var isEmpty: Bool { ranges.isEmpty }

    /// Those of these that are not among the others.
    package func subtracting(_ other: UnitRanges) -> UnitRanges {
        var rest = ranges
        for taken in other.ranges {
            rest = rest.flatMap { range in
                [
                    range.lowerBound..<Swift.max(range.lowerBound, Swift.min(range.upperBound, taken.lowerBound)),
                    Swift.min(range.upperBound, Swift.max(range.lowerBound, taken.upperBound))..<range.upperBound,
                ].filter { !$0.isEmpty }
            }
        }
        return UnitRanges(rest)
    }

    package func union(_ other: UnitRanges) -> UnitRanges { UnitRanges(ranges + other.ranges) }

    /// The first so many of them, or all.
    package func prefix(_ count: Int64) -> UnitRanges {
        var (wanted, taken) = (count, [Range<Int64>]())
        for range in ranges where wanted > 0 {
            let part = range.lowerBound..<(range.lowerBound + Swift.min(wanted, Int64(range.count)))
            taken.append(part)
            wanted -= Int64(part.count)
        }
        return UnitRanges(taken)
    }

    /// The last so many of them, or all.
    package func suffix(_ count: Int64) -> UnitRanges {
        let rest = Swift.max(0, self.count - Swift.max(0, count))
        return subtracting(prefix(rest))
    }

    /// What of an amount for `all` units falls upon these. Shares are cut between the sums up to each unit, so that all units together
    /// come to the amount, in whatever order and however many at once they are taken.
    package func share(of amount: Int64, among all: Int64) -> Int64 {
        guard all > 0 else { return 0 }
        func sum(upTo unit: Int64) -> Int64 {
            let product = Int128(amount) * Int128(unit) * 2 + (amount < 0 ? -Int128(all) : Int128(all))
            return Int64(clamping: product / (2 * Int128(all)))
        }
        return ranges.reduce(0) { $0 + sum(upTo: $1.upperBound) - sum(upTo: $1.lowerBound) }
    }
}
