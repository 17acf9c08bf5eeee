import Core

extension LedgerPosting {
    /// What `amount` of the money that a booking brought is for, in proportion to the booking's lines. Taken one after the
    /// other, the parts add up to the booking exactly.
    /// - Parameters:
    ///   - before: what earlier parts came to.
    ///   - whole: the lines of the booking; its assets are the money that it brought.
    /// - Throws: `MoneyError` for amounts of different currencies or beyond what can be counted.
    static func part(
        _ amount: Money, after before: Money, of whole: [LedgerLine]
    ) throws(MoneyError) -> LedgerPosting {
        let earlier = try portions(of: before.minorUnits, in: whole)
        let now = try portions(of: before.adding(amount).minorUnits, in: whole)
        var lines: [LedgerLine] = []
        for (line, portion) in zip(whole, zip(now, earlier)) {
            let taken = portion.0.subtractingReportingOverflow(portion.1)
            guard !taken.overflow else { throw .overflow }
            lines.append(LedgerLine(account: line.account, kind: line.kind, amount: taken.partialValue))
        }
        return LedgerPosting(lines: lines, currency: amount.currency)
    }

    /// How much of each line `part` of the money takes: rounded towards zero, and where the sides differ by that, what is
    /// lacking goes to the largest remainders.
    private static func portions(of part: Int64, in lines: [LedgerLine]) throws(MoneyError) -> [Int64] {
        let money = lines.filter { $0.kind == "asset" }.reduce(Int128(0)) { $0 + Int128($1.amount) }
        guard money > 0 else { return lines.map { _ in 0 } }
        let exact = lines.map { Int128($0.amount) * Int128(part) }
        var portions = exact.map { $0 / money }
        let excess = portions.reduce(0, +)
        let lacking = lines.indices.filter { exact[$0].signum() == -excess.signum() }
        let byRemainder = lacking.sorted {
            ((exact[$0] % money).magnitude, $1) > ((exact[$1] % money).magnitude, $0)
        }
        for index in byRemainder.prefix(Int(clamping: excess.magnitude)) { portions[index] -= excess.signum() }
        var amounts: [Int64] = []
        for portion in portions {
            guard let amount = Int64(exactly: portion) else { throw .overflow }
            amounts.append(amount)
        }
        return amounts
    }
}
