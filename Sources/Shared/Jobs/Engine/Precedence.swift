import NIOConcurrencyHelpers

/// Lets the mails of a process step back while many webhooks and deliveries run: a crowd of buyers has its keys first, and a
/// little later the mails that tell them.
final class Precedence: Sendable {
    /// The part of a yielding queue's concurrency that is left in a crowd.
    private static let crowdShare = 4

    private struct State {
        var running = 0
        var whenCalm: [@Sendable () -> Void] = []
    }

    private let crowd: Int
    private let state = NIOLockedValueBox(State())

    /// - Parameter crowd: so many urgent jobs at once keep the machine busy.
    init(crowd: Int) {
        self.crowd = max(1, crowd)
    }

    /// How many jobs of a yielding queue may run at this moment; always at least one.
    func share(of capacity: Int) -> Int {
        isCrowded ? max(1, capacity / Self.crowdShare) : capacity
    }

    /// Registers what is to look again when the crowd is over.
    func whenCalm(_ body: @escaping @Sendable () -> Void) {
        state.withLockedValue { $0.whenCalm.append(body) }
    }

    func beginUrgent() {
        state.withLockedValue { $0.running += 1 }
    }

    func endUrgent() {
        let listeners = state.withLockedValue { state in
            state.running -= 1
            return state.running == crowd - 1 ? state.whenCalm : []
        }
        for listener in listeners { listener() }
    }

    private var isCrowded: Bool { state.withLockedValue { $0.running >= crowd } }
}
