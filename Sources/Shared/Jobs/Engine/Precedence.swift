import NIOConcurrencyHelpers

/// Lets the jobs of a process that nobody's money or goods wait for step back while others run: a crowd of buyers gets its
/// keys first and its mails a little later.
final class Precedence: Sendable {
    /// The part of a yielding queue's concurrency that is left while urgent jobs run.
    private static let busyShare = 4

    private struct State {
        var running = 0
        var whenCalm: [@Sendable () -> Void] = []
    }

    private let state = NIOLockedValueBox(State())

    /// How many jobs of a yielding queue may run at this moment; always at least one.
    func share(of capacity: Int) -> Int {
        isBusy ? max(1, capacity / Self.busyShare) : capacity
    }

    /// Registers what is to look again when no urgent job runs any more.
    func whenCalm(_ body: @escaping @Sendable () -> Void) {
        state.withLockedValue { $0.whenCalm.append(body) }
    }

    func beginUrgent() {
        state.withLockedValue { $0.running += 1 }
    }

    func endUrgent() {
        let listeners = state.withLockedValue { state in
            state.running -= 1
            return state.running == 0 ? state.whenCalm : []
        }
        for listener in listeners { listener() }
    }

    private var isBusy: Bool { state.withLockedValue { $0.running > 0 } }
}
