/// Parts of an amount that together are the amount.
enum Spread {
    /// Spreads an amount in proportion to weights by largest remainder: each part is rounded down, and what is spare goes, a minor
    /// unit each, to the parts that lost most; of equal ones to the first. A part is never above its weight where the amount is not
    /// above the weights' sum.
    /// - Parameters:
    ///   - amount: not negative.
    ///   - weights: none negative; where all are nothing, the first takes everything.
    static func byLargestRemainder(_ amount: Int64, over weights: [Int64]) -> [Int64] {
        var parts = [Int64](repeating: 0, count: weights.count)
        guard amount != 0, !weights.isEmpty else { return parts }
        let total = weights.reduce(Int128(0)) { $0 + Int128($1) }
        guard total > 0 else {
            parts[0] = amount
            return parts
        }
        var remainders = [Int128](repeating: 0, count: weights.count)
        var spare = amount
        for index in weights.indices {
            let (quotient, remainder) = (Int128(amount) * Int128(weights[index])).quotientAndRemainder(
                dividingBy: total)
            parts[index] = Int64(clamping: quotient)
            remainders[index] = remainder
            spare -= parts[index]
        }
        guard spare > 0 else { return parts }
        let byRemainder = weights.indices.sorted { (remainders[$0], $1) > (remainders[$1], $0) }
        for index in byRemainder.prefix(Int(clamping: spare)) { parts[index] += 1 }
        return parts
    }

    /// Of each amount the share that somebody bears, so that the shares together are the share of the sum.
    static func shares(of amounts: [Int64], ppm: Int) -> [Int64] {
        guard ppm != 0 else { return [Int64](repeating: 0, count: amounts.count) }
        guard ppm != 1_000_000 else { return amounts }
        var (sum, before): (Int64, Int64) = (0, 0)
        return amounts.map { amount in
            sum += amount
            let upToHere = Rounding.share(of: sum, ppm: ppm)
            defer { before = upToHere }
            return upToHere - before
        }
    }
}
