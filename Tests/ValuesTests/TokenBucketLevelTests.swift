import Testing
import Values

@Suite struct TokenBucketLevelTests {
    @Test("A burst passes at once, then one token comes after the other")
    func burst() {
        var level = TokenBucketLevel(capacity: 2, tokensPerSecond: 0.5)
        let burst = (0..<3).map { _ in level.take(at: .zero) }
        #expect(burst == [true, true, false])
        #expect(level.untilNext == .seconds(2))
        #expect(level.untilFull == .seconds(4))
        let later = [1, 2, 1000, 1000, 1000].map { level.take(at: .seconds($0)) }
        #expect(later == [false, true, true, true, false])
    }

    @Test("Whoever has the patience takes a token on credit, and those behind wait longer")
    func credit() {
        var level = TokenBucketLevel(capacity: 1, tokensPerSecond: 1)
        let waits = (0..<3).map { _ in level.take(at: .zero, patience: .seconds(5)) }
        #expect(waits == [.zero, .seconds(1), .seconds(2)])
        let impatient = level.take(at: .zero, patience: .seconds(2))
        #expect(impatient == nil)
        let later = level.take(at: .seconds(1), patience: .seconds(2))
        #expect(later == .seconds(2))
    }

    @Test("A clock that goes back takes nothing away")
    func backwards() {
        var level = TokenBucketLevel(capacity: 3, tokensPerSecond: 1)
        let taken = [100, 50].map { level.take(at: .seconds($0)) }
        #expect(taken == [true, true])
        #expect(level.tokens == 1)
    }

    @Test(
        "What a store tells is kept within what the bucket holds",
        arguments: [(-1e300, 0), (1e300, 5), (.nan, 0), (.infinity, 5), (-.infinity, 0), (2.5, 2.5)]
            as [(Double, Double)])
    func told(tokens: Double, level: Double) {
        #expect(TokenBucketLevel(capacity: 5, tokensPerSecond: 1, told: tokens).tokens == level)
    }
}
