import Glibc
package import Logging
import Metrics
package import NIOCore
import Synchronization

/// The connections of one listener, of which there are never so many that a process could not open a file or reach its stores.
///
/// Whoever comes when all places are taken gets the place of those who have waited longest between two requests. While
/// everybody is being answered nobody is accepted: clients wait in the kernel's queue.
package final class Connections: Sendable {
    /// Descriptors for everything but the clients of the API: stores, providers, those who watch, the process itself.
    private static let reserve = 160
    private static let fewest = 8
    /// Of those who rest so many are closed at once, lest each newcomer looks through all of them.
    private static let shareShed = 32
    private static let logInterval = TimeAmount.seconds(10)

    private struct State {
        var open = 0
        var seats: [ObjectIdentifier: Seat] = [:]
        var lastLine: NIODeadline?
    }

    private let limit: Int
    private let logger: Logger
    private let gauge: Meter
    private let shed: Counter
    private let pauses: Counter
    private let state = Mutex(State())

    /// - Parameters:
    ///   - listener: what the metrics call it.
    ///   - limit: of open connections.
    package init(of listener: String, limit: Int, logger: Logger) {
        self.limit = max(1, limit)
        self.logger = logger
        let labels = [("listener", listener)]
        gauge = Meter(label: "haat_http_connections", dimensions: labels)
        shed = Counter(label: "haat_http_connections_shed_total", dimensions: labels)
        pauses = Counter(label: "haat_http_accept_pauses_total", dimensions: labels)
    }

    /// For who serves many: what the process may open (`RLIMIT_NOFILE`), less a reserve.
    package static var limitOfProcess: Int {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return fewest }
        return max(fewest, Int(clamping: limits.rlim_cur) - reserve)
    }

    /// For who serves only those who watch the process.
    package static let limitOfWatchers = 32

    /// Call when the listener has begun.
    package func guardAccepting(on channel: any Channel) async {
        do {
            try await channel.eventLoop.submit { [self] in
                try channel.pipeline.syncOperations.addHandler(AcceptGuard(connections: self), position: .first)
            }.get()
        } catch {
            logger.error("Connections are not limited", metadata: ["error": "\(error)"])
        }
    }

    /// - Returns: whether another one may come.
    func opened() -> Bool {
        let open = state.withLock { state in
            state.open += 1
            return state.open
        }
        gauge.set(open)
        return open < limit || shedResting()
    }

    func closed() {
        let open = state.withLock { state in
            state.open -= 1
            return state.open
        }
        gauge.set(open)
    }

    var hasRoom: Bool { state.withLock { $0.open < limit } }

    func take(_ seat: Seat) { state.withLock { $0.seats[ObjectIdentifier(seat)] = seat } }

    func leave(_ seat: Seat) { state.withLock { $0.seats[ObjectIdentifier(seat)] = nil } }

    /// Closes those who have rested longest.
    ///
    /// - Returns: whether there were any.
    @discardableResult
    func shedResting() -> Bool {
        let longest = state.withLock { state in
            let resting = state.seats.values.compactMap { seat in seat.restsSince.map { (seat: seat, since: $0) } }
            let longest = resting.sorted { $0.since < $1.since }.prefix(
                max(limit / Self.shareShed, state.open - limit + 1, 1))
            // They need a moment to go and are not to be counted on twice.
            for (seat, _) in longest { state.seats[ObjectIdentifier(seat)] = nil }
            return longest
        }
        for (seat, since) in longest { seat.shed(restingSince: since) { self.take(seat) } }
        shed.increment(by: longest.count)
        note("Connections are used up; those that rest longest are closed", closed: longest.count)
        return !longest.isEmpty
    }

    func notePause(_ reason: String) {
        pauses.increment()
        note("No connections are accepted: \(reason)", closed: 0)
    }

    /// One line in a while, whatever comes.
    private func note(_ message: String, closed: Int) {
        let open: Int? = state.withLock { state in
            let now = NIODeadline.now()
            if let last = state.lastLine, now < last + Self.logInterval { return nil }
            state.lastLine = now
            return state.open
        }
        guard let open else { return }
        logger.warning("\(message)", metadata: ["open": "\(open)", "limit": "\(limit)", "closed": "\(closed)"])
    }
}

/// The place of one connection, and since when it rests between two requests.
final class Seat: Sendable {
    private let channel: any Channel
    /// In nanoseconds of `NIODeadline`; 0 while a request is answered.
    private let rest = Atomic<UInt64>(NIODeadline.now().uptimeNanoseconds)

    init(of channel: any Channel) {
        self.channel = channel
    }

    var restsSince: UInt64? {
        let since = rest.load(ordering: .relaxed)
        return since == 0 ? nil : since
    }

    func begin() { rest.store(0, ordering: .relaxed) }

    func end() { rest.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed) }

    /// Closes the connection.
    ///
    /// - Parameter isBusy: called where a request has come since it was looked at.
    func shed(restingSince since: UInt64, unless isBusy: @escaping @Sendable () -> Void) {
        channel.eventLoop.execute { [self] in
            if restsSince == since { channel.close(promise: nil) } else if channel.isActive { isBusy() }
        }
    }
}
