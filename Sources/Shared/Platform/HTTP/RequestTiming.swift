import NIOCore

/// How long the present request of a connection has been arriving.
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

    let limit: TimeAmount
    private var arrivingSince: NIODeadline?
    private var unanswered = 0

    init(limit: TimeAmount) {
        self.limit = limit
    }

    mutating func bytesArrived(at now: NIODeadline) {
        if arrivingSince == nil { arrivingSince = now }
    }

    mutating func requestEnded() {
        arrivingSince = nil
        unanswered += 1
    }

    /// The answer may end before the request does, when the rest of that is not wanted.
    mutating func answerEnded(at now: NIODeadline) {
        unanswered -= 1
        if unanswered == 0, arrivingSince != nil { arrivingSince = now }
    }

    mutating func verdict(at now: NIODeadline) -> Verdict {
        guard let since = arrivingSince else { return .rest }
        if unanswered > 0 {
            arrivingSince = now
            return .lookAgain(at: now + limit)
        }
        return since + limit <= now ? .tooSlow : .lookAgain(at: since + limit)
    }
}
