package import NIOCore

/// How long a request may arrive. A client that sends little is given little time, so that held requests are soon over; large
/// bodies get more.
package struct RequestPatience: Sendable {
    /// For a request of any size.
    package var base = TimeAmount.seconds(10)
    /// So many bytes earn a second more.
    package var bytesPerSecond = 64 << 10
    /// However much it sends.
    package var limit = TimeAmount.seconds(30)
    /// For the rest of a request that has its answer already: that rest is not wanted.
    package var remainder = TimeAmount.seconds(2)

    package init() {}
}

/// How long the present request of a connection has been arriving, and whether that is too long.
///
/// Bytes are seen before they are understood, so that a head which comes byte by byte counts too. A connection that answers is
/// not waited for: what arrives meanwhile is held back by us, not by the client.
struct RequestTiming {
    enum Verdict: Equatable {
        /// Nothing is arriving.
        case rest
        case lookAgain(at: NIODeadline)
        case tooSlow
    }

    private let patience: RequestPatience
    private var arrivingSince: NIODeadline?
    private var arrivedBytes = 0
    private var unanswered = 0
    /// Whether the rest of a request is arriving that has its answer already.
    private(set) var isUnwanted = false

    init(patience: RequestPatience) {
        self.patience = patience
    }

    /// How long the first look at a request may wait.
    var firstLook: TimeAmount { min(patience.base, patience.limit) }

    /// How long the rest may take that is not wanted.
    var remainder: TimeAmount { patience.remainder }

    mutating func bytesArrived(_ count: Int, at now: NIODeadline) {
        if arrivingSince == nil { arrivingSince = now }
        arrivedBytes += count
    }

    mutating func requestEnded() {
        arrivingSince = nil
        arrivedBytes = 0
        isUnwanted = false
        unanswered += 1
    }

    /// The answer may end before the request does, when the rest of that is not wanted.
    mutating func answerEnded(at now: NIODeadline) {
        unanswered -= 1
        if unanswered == 0, arrivingSince != nil { arrivingSince = now }
        if unanswered < 0, arrivingSince != nil {
            arrivingSince = now
            isUnwanted = true
        }
    }

    mutating func verdict(at now: NIODeadline) -> Verdict {
        guard let since = arrivingSince else { return .rest }
        if unanswered > 0 {
            arrivingSince = now
            return .lookAgain(at: now + allowance)
        }
        let deadline = since + allowance
        return deadline <= now ? .tooSlow : .lookAgain(at: deadline)
    }

    private var allowance: TimeAmount {
        guard !isUnwanted else { return patience.remainder }
        let earned = TimeAmount.seconds(Int64(arrivedBytes / max(1, patience.bytesPerSecond)))
        return min(patience.limit, patience.base + earned)
    }
}
