/// SplitMix64: small, fast, and the same everywhere, so that a seed names a run.
struct SeededRandom: RandomNumberGenerator, Codable, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// The seed that was given, or one that no other run has: ids must never repeat then, because a receiver that keeps
    /// its records over a restart would take new events for old ones.
    static func seed(_ given: UInt64?) -> UInt64 { given ?? UInt64.random(in: 0...UInt64.max) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// `prefix` followed by `length` letters and digits, the form of most providers' ids.
    mutating func identifier(_ prefix: String, length: Int) -> String {
        var text = prefix
        var bits: UInt64 = 0
        for position in 0..<length {
            if position % 10 == 0 { bits = next() }
            text.unicodeScalars.append(Self.alphabet[Int(bits % 62)])
            bits /= 62
        }
        return text
    }

    /// A number in 0..<1 that depends on nothing but its arguments: decisions stay the same whatever the order they
    /// are taken in.
    static func unit(seed: UInt64, _ parts: UInt64...) -> Double {
        var hash = mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        for part in parts { hash = mix(hash ^ mix(part &+ 0x9E37_79B9_7F4A_7C15)) }
        return Double(hash >> 11) / Double(1 << 53)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".unicodeScalars)
}
