/// Stops asking a server that can't be reached.
///
/// Closed → (connecting failed, no connection left) → open for a while that doubles each time → one probe → closed or open.
struct CircuitBreaker: Sendable {
    enum State: Sendable, Equatable {
        case closed
        case open(until: ContinuousClock.Instant, reason: String)
        case probing(reason: String)
    }

    private(set) var state = State.closed
    private var failures = 0
    private let initialPause: Duration
    private let longestPause: Duration

    init(initialPause: Duration = .milliseconds(100), longestPause: Duration = .seconds(2)) {
        self.initialPause = initialPause
        self.longestPause = longestPause
    }

    /// Why requests are refused at once; nil if they are not.
    var refusal: String? {
        switch state {
        case .closed: nil
        case .open(_, let reason), .probing(let reason): reason
        }
    }

    mutating func trip(reason: String, now: ContinuousClock.Instant) {
        let pause = min(longestPause, initialPause * (1 << min(failures, 10)))
        failures += 1
        state = .open(until: now + pause, reason: reason)
    }

    /// Whether it is time to try one connection.
    mutating func mayProbe(now: ContinuousClock.Instant) -> Bool {
        guard case .open(let until, let reason) = state, now >= until else { return false }
        state = .probing(reason: reason)
        return true
    }

    mutating func reset() {
        state = .closed
        failures = 0
    }
}
