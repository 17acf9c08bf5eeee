import NIOCore

/// How a client takes what is written to its connection.
struct AnswerProgress {
    enum Verdict: Equatable {
        /// Everything is taken.
        case rest
        case lookAgain(at: NIODeadline)
        case tooSlow
    }

    /// So often is looked while anything waits.
    static let interval = TimeAmount.seconds(1)

    let limit: TimeAmount
    /// What has to be taken within `limit`, however slow the line is.
    let minimumBytes: Int
    private var written = 0
    private var waitingSince: NIODeadline?
    private var takenBefore = 0

    init(limit: TimeAmount, minimumBytes: Int) {
        self.limit = limit
        self.minimumBytes = minimumBytes
    }

    /// Whether bytes are known to wait, so that somebody has to look again.
    var isWaiting: Bool { waitingSince != nil }

    mutating func wrote(_ bytes: Int) {
        written &+= bytes
    }

    /// - Parameter waiting: bytes that the socket has not taken, zero where all is well.
    mutating func verdict(waiting: Int, at now: NIODeadline) -> Verdict {
        guard waiting > 0 else {
            waitingSince = nil
            return .rest
        }
        let taken = written &- waiting
        guard let since = waitingSince else {
            begin(taken, at: now)
            return .lookAgain(at: now + min(limit, Self.interval))
        }
        if now >= since + limit {
            guard taken &- takenBefore >= minimumBytes else { return .tooSlow }
            begin(taken, at: now)
        }
        return .lookAgain(at: now + min(limit, Self.interval))
    }

    private mutating func begin(_ taken: Int, at now: NIODeadline) {
        waitingSince = now
        takenBefore = taken
    }
}
