import Core
import Foundation

/// Numbers that follow from a seed and from what they are for, in whatever order things are asked for (SplitMix64).
struct Draw {
    /// What a thing is; things of different kinds draw different numbers.
    enum Kind: UInt64 {
        case vendor = 1
        case product, variant, customer, order, buyer, taxonomy, account
    }

    private var state: UInt64

    init(_ seed: UInt64, _ kind: Kind, _ index: Int) {
        state =
            seed &* 0xD6E8_FEB8_6659_FD93 ^ kind.rawValue &* 0xA076_1D64_78BD_642F
            ^ UInt64(truncatingIfNeeded: index) &* 0xE703_7ED1_A0B4_28DB
        _ = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0 up to and without 1.
    mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// 0 up to and without `limit`, which is positive.
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    /// 0 up to and without `limit`, small ones more often.
    mutating func skewed(_ limit: Int) -> Int {
        let fraction = fraction()
        return min(limit - 1, Int(fraction * fraction * Double(limit)))
    }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// One of these, of which there is at least one.
    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

    /// The place of one of these weights, by how heavy it is.
    mutating func weighed(_ weights: [Int]) -> Int {
        var left = below(weights.reduce(0, +))
        for (index, weight) in weights.enumerated() {
            if left < weight { return index }
            left -= weight
        }
        return weights.count - 1
    }

    /// So many decimal digits.
    mutating func digits(_ count: Int) -> String {
        String(decoding: (0..<count).map { _ in UInt8(ascii: "0") + UInt8(below(10)) }, as: UTF8.self)
    }

    /// So many capital letters.
    mutating func capitals(_ count: Int) -> String {
        String(decoding: (0..<count).map { _ in UInt8(ascii: "A") + UInt8(below(26)) }, as: UTF8.self)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
    }

    /// An identifier of version 7 that was made at a moment.
    mutating func uuid(at time: Date) -> UUID {
        let milliseconds = UInt128(max(0, time.timeIntervalSince1970 * 1_000))
        let (version, variant) = (UInt128(7) << 76, UInt128(2) << 62)
        let high = UInt128(next() & 0xFFF) << 64
        return UUID(milliseconds << 80 | version | high | variant | UInt128(next() >> 2))
    }
}
