import Testing

@testable import SandboxRuntime

@Suite("Seeded randomness")
struct SeededRandomTests {
    @Test("The same seed gives the same ids")
    func sameSeed() {
        var first = SeededRandom(seed: 7)
        var second = SeededRandom(seed: 7)
        #expect(first.identifier("evt_3", length: 23) == second.identifier("evt_3", length: 23))
        #expect(first.identifier("evt_3", length: 23) != SeededRandom(seed: 8).firstIdentifier)
    }

    @Test("Decisions do not depend on the order they are taken in")
    func orderIndependent() {
        let forward = (1...5).map { SeededRandom.unit(seed: 3, UInt64($0)) }
        let backward = (1...5).reversed().map { SeededRandom.unit(seed: 3, UInt64($0)) }
        #expect(forward == backward.reversed())
        #expect(forward.allSatisfy { (0..<1).contains($0) })
    }
}

extension SeededRandom {
    fileprivate var firstIdentifier: String {
        var copy = self
        return copy.identifier("evt_3", length: 23)
    }
}
