/// One message that a provider sends to a receiver until it is acknowledged or given up.
struct Push: Sendable {
    /// The provider's id of the event, the same for every attempt and copy.
    let id: String
    /// The event's type, for people.
    let kind: String
    /// The receiver's id.
    let endpoint: String
    /// The event's number since the last reset: what fault decisions hang on.
    let ordinal: UInt64
    /// 0 for the push itself, from 1 for duplicates.
    var copy = 0
    /// Called once when the last attempt has failed.
    var whenGivenUp: (@Sendable () -> Void)?
    /// Makes the request of an attempt. Nil where the receiver is gone.
    let request: @Sendable () -> PushRequest?
}

struct PushRequest: Sendable {
    let url: String
    let headers: [(name: String, value: String)]
    var body: [UInt8]

    /// The same with one byte in the middle changed.
    func corrupted() -> PushRequest {
        var copy = self
        if !copy.body.isEmpty { copy.body[copy.body.count / 2] ^= 0x01 }
        return copy
    }
}

/// When a provider tries again, in its own time.
struct RetrySchedule: Sendable {
    /// Seconds before the attempt that follows `failures` failed ones, nil to give up.
    let delay: @Sendable (_ failures: Int) -> Double?
    /// Whether an answer of that status ends the attempts.
    let acknowledges: @Sendable (_ status: Int) -> Bool
    /// Whether an answer of that status ends them without success.
    let givesUp: @Sendable (_ status: Int) -> Bool

    init(
        delay: @escaping @Sendable (_ failures: Int) -> Double?,
        acknowledges: @escaping @Sendable (_ status: Int) -> Bool = { (200..<300).contains($0) },
        givesUp: @escaping @Sendable (_ status: Int) -> Bool = { _ in false }
    ) {
        self.delay = delay
        self.acknowledges = acknowledges
        self.givesUp = givesUp
    }

    /// For providers that push nothing.
    static let never = RetrySchedule(delay: { _ in nil })
}
