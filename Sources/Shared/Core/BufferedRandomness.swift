import Glibc

/// The system's randomness, fetched many numbers at a time: asking the kernel for each costs more than what is made of it. For what
/// must be unique, not for secrets, which should not lie in memory before they are made.
package struct BufferedRandomness: RandomNumberGenerator, Sendable {
    /// 256 bytes, the most that one call gives.
    private static let count = 32

    private var numbers: [UInt64] = []

    package init() {}

    package mutating func next() -> UInt64 {
        if numbers.isEmpty { refill() }
        return numbers.removeLast()
    }

    private mutating func refill() {
        numbers = Array(repeating: 0, count: Self.count)
        let isFilled = numbers.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { getentropy($0, bytes.count) == 0 } ?? false
        }
        guard !isFilled else { return }
        var system = SystemRandomNumberGenerator()
        for index in numbers.indices { numbers[index] = system.next() }
    }
}
