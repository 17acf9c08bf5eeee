import Testing

@testable import Jobs

@Suite struct RetryPolicyTests {
    @Test("The bound of a delay doubles with each attempt up to the cap")
    func boundDoubles() {
        let policy = RetryPolicy(maximumAttempts: 12, base: .seconds(1), cap: .seconds(60))
        let bounds = (0...8).map { policy.bound(afterAttempt: $0).components.seconds }
        #expect(bounds == [1, 2, 4, 8, 16, 32, 60, 60, 60])
    }

    @Test("Absurd attempts neither overflow nor exceed the cap", arguments: [-1, 31, 64, 10_000, Int.max])
    func boundIsTotal(attempt: Int) {
        let policy = RetryPolicy(base: .seconds(1), cap: .seconds(3600))
        let bound = policy.bound(afterAttempt: attempt)
        #expect(bound == (attempt < 0 ? .seconds(1) : .seconds(3600)))
    }

    @Test("Delays are spread over the whole range between nothing and the bound")
    func fullJitter() {
        let policy = RetryPolicy(base: .seconds(1), cap: .seconds(3600))
        let delays = (0..<2000).map { _ in policy.delay(afterAttempt: 3).milliseconds }
        #expect(delays.allSatisfy { (0...8000).contains($0) })
        #expect(delays.contains { $0 < 800 } && delays.contains { $0 > 7200 })
    }
}
