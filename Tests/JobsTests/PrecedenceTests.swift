import NIOConcurrencyHelpers
import Testing

@testable import Jobs

@Suite("Jobs that step back in a crowd", .timeLimit(.minutes(10))) struct PrecedenceTests {
    private let precedence = Precedence(crowd: 2)

    private func yieldingSlots(_ capacity: Int) -> Slots {
        let slots = Slots(capacity: capacity) { [precedence] in precedence.share(of: capacity) }
        precedence.whenCalm { slots.reconsider() }
        return slots
    }

    @Test("All slots while few urgent jobs run, a quarter in a crowd, never none")
    func shares() {
        #expect(precedence.share(of: 8) == 8)
        precedence.beginUrgent()
        #expect(precedence.share(of: 8) == 8)
        precedence.beginUrgent()
        #expect([1, 3, 8].map { precedence.share(of: $0) } == [1, 1, 2])
        precedence.endUrgent()
        #expect(precedence.share(of: 8) == 8)
    }

    @Test("What runs already counts against the share")
    func running() async {
        let slots = yieldingSlots(8)
        #expect(await slots.take(upTo: 1) == 1)
        for _ in 0..<2 { precedence.beginUrgent() }
        #expect(await slots.take(upTo: 8) == 1)
        slots.giveBack(2)
        #expect(await slots.take(upTo: 8) == 2)
    }

    @Test("Who waits for a slot gets the rest as soon as the crowd is over, though none was given back")
    func calm() async {
        let slots = yieldingSlots(8)
        for _ in 0..<3 { precedence.beginUrgent() }
        #expect(await slots.take(upTo: 8) == 2)
        let taken = NIOLockedValueBox(0)
        let waiting = Task { [slots] in
            let count = await slots.take(upTo: 8)
            taken.withLockedValue { $0 = count }
        }
        precedence.endUrgent()
        try? await Task.sleep(for: .milliseconds(50))
        #expect(taken.withLockedValue { $0 } == 0)
        precedence.endUrgent()
        await waiting.value
        #expect(taken.withLockedValue { $0 } == 6)
        slots.giveBack(8)
        #expect(slots.isIdle)
    }

    @Test("Closing releases who waits in a crowd")
    func closing() async {
        let slots = yieldingSlots(4)
        for _ in 0..<2 { precedence.beginUrgent() }
        #expect(await slots.take(upTo: 4) == 1)
        async let refused = slots.take(upTo: 4)
        slots.close()
        #expect(await refused == 0)
    }
}
