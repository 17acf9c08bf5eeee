import CommerceTestSupport
import TestSupport
import Testing

@testable import Pricing

@Suite("Spreading and rounding") struct SpreadTests {
    @Test("Parts are the amount, in proportion, each within its weight, and the first of equal ones gets what is spare")
    func parts() {
        #expect(Spread.byLargestRemainder(10_000, over: [118_000, 52_500]) == [6_921, 3_079])
        #expect(Spread.byLargestRemainder(100, over: [1, 1, 1]) == [34, 33, 33])
        #expect(Spread.byLargestRemainder(2, over: [1, 1, 1]) == [1, 1, 0])
        #expect(Spread.byLargestRemainder(5, over: [0, 0]) == [5, 0])
        #expect(Spread.byLargestRemainder(5, over: []) == [])
    }

    @Test("Nothing is lost, whatever is spread", arguments: 0..<200)
    func nothingLost(seed: UInt64) {
        var random = SplitMix(state: seed)
        let weights = (0..<Int.random(in: 1...40, using: &random)).map { _ in
            Int64.random(in: 0...(Bool.random(using: &random) ? 5 : 1_000_000_000_000), using: &random)
        }
        let whole = weights.reduce(0, +)
        let amount = Int64.random(in: 0...max(whole, 1), using: &random)
        let parts = Spread.byLargestRemainder(amount, over: weights)
        #expect(parts.reduce(0, +) == amount)
        if whole > 0 {
            #expect(zip(parts, weights).allSatisfy { 0 <= $0 && $0 <= $1 })
            for (part, weight) in zip(parts, weights) {
                let exact = Int128(amount) * Int128(weight)
                #expect((Int128(part) * Int128(whole) - exact).magnitude < Int128(whole).magnitude)
            }
        }
        let ppm = Int.random(in: 0...1_000_000, using: &random)
        let shares = Spread.shares(of: parts, ppm: ppm)
        #expect(zip(shares, parts).allSatisfy { 0 <= $0 && $0 <= $1 })
        #expect(shares.reduce(0, +) == Rounding.share(of: amount, ppm: ppm))
    }

    @Test("Halves go up, also below nothing, so that what is added before does not matter")
    func halves() {
        #expect(Rounding.halfUp(5, over: 2) == 3)
        #expect(Rounding.halfUp(-5, over: 2) == -2)
        #expect(Rounding.halfUp(-7, over: 2) == -3)
        #expect(Rounding.halfUp(4, over: 3) == 1)
        for value in -20...20 as ClosedRange<Int128> {
            #expect(Rounding.halfUp(value + 8, over: 4) == Rounding.halfUp(value, over: 4) + 2)
        }
    }
}
