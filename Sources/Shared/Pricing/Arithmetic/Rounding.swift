/// Arithmetic on minor units. Amounts are at most `mostMinor` in magnitude, rates at most `Rate.most`, so nothing here overflows.
enum Rounding {
    /// `dividend` / `divisor` to the nearest whole number, halves towards positive infinity. That is half up for prices and taxes,
    /// and it does not depend on what whole number is added before: parts of a price are rounded as the price is.
    /// - Parameter divisor: positive.
    static func halfUp(_ dividend: Int128, over divisor: Int128) -> Int64 {
        let doubled = 2 * dividend + divisor
        let (quotient, remainder) = doubled.quotientAndRemainder(dividingBy: 2 * divisor)
        return Int64(clamping: remainder < 0 ? quotient - 1 : quotient)
    }

    /// The part of `amount` that falls to the first `count` of `whole` equal units; of all of them it is the amount.
    static func upTo(_ count: Int64, of whole: Int64, in amount: Int64) -> Int64 {
        halfUp(Int128(amount) * Int128(count), over: Int128(whole))
    }

    /// The share of `amount` in parts per million.
    static func share(of amount: Int64, ppm: Int) -> Int64 {
        halfUp(Int128(amount) * Int128(ppm), over: 1_000_000)
    }
}
