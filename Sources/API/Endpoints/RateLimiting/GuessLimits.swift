import Core
import Logging
import Synchronization

/// What a caller tried to open with credentials, whether or not they were right.
struct GuessTarget: Hashable, Sendable {
    let bucket: String

    /// As much of an API key's token as people are shown.
    private static let shownLength = 11

    /// - Parameters:
    ///   - token: what was shown.
    ///   - order: the order that the path names.
    static func all(token: UTF8Text, order: UTF8Text?) -> [GuessTarget] {
        let beginning = String(decoding: token.utf8.prefix(shownLength), as: UTF8.self)
        let byToken = GuessTarget(bucket: RateBucket.name("guesses-token", beginning))
        return [byToken] + (order.map { [GuessTarget(bucket: RateBucket.name("guesses-order", $0.string))] } ?? [])
    }
}

/// Counts wrong credentials by what they were tried on, so that many addresses together can't go on guessing.
///
/// A count alone would either keep out nobody or lock out the holder of the right token as well. So once there were too many
/// failures, whoever has had a few of them is not looked at any more, and everybody else still is: a guesser has so many tries for
/// each network that they have, and a holder who does not share one with them notices nothing.
final class GuessLimits: Sendable {
    /// Wrong ones at one target, over all processes and from wherever they come.
    static let failures = RateLimit.perClient(60, per: .hour)
    /// Beyond those, from each network.
    static let failuresPerNetwork = 3
    /// For how long after the last failure beyond those.
    static let siege: Duration = .seconds(600)
    /// Sieges and networks that are remembered; beyond so many all are forgotten, as each took dozens of failures.
    private static let maximumEntries = 50_000

    private struct Attempt: Hashable {
        let target: GuessTarget
        let network: ClientNetwork
    }

    private struct State {
        /// When they end.
        var sieges: [GuessTarget: ContinuousClock.Instant] = [:]
        /// During sieges.
        var failures: [Attempt: Int] = [:]

        /// - Returns: whether a siege begins with it.
        mutating func noteFailure(_ attempt: Attempt, at now: ContinuousClock.Instant) -> Bool {
            if sieges.count + failures.count >= GuessLimits.maximumEntries { self = State() }
            let isSiege = sieges[attempt.target].map { $0 > now } ?? false
            if !isSiege { failures = failures.filter { $0.key.target != attempt.target } }
            sieges[attempt.target] = now + GuessLimits.siege
            failures[attempt, default: 0] += 1
            return !isSiege
        }
    }

    private let limiter: any RateLimiter
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    init(
        limiter: any RateLimiter, logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limiter = limiter
        self.logger = logger
        self.now = now
    }

    /// - Throws: 429 where a target is being guessed at, and this network has taken its part in that.
    func check(_ targets: [GuessTarget], from network: ClientNetwork) throws(Problem) {
        let now = now()
        let end = state.withLock { state in
            targets.compactMap { target in
                state.sieges[target].flatMap { end in
                    let failures = state.failures[Attempt(target: target, network: network)] ?? 0
                    return end > now && failures >= Self.failuresPerNetwork ? end : nil
                }
            }.max()
        }
        guard let end else { return }
        let pause = Duration.seconds(max(1, now.duration(to: end).roundedUpSeconds))
        throw ProblemType.rateLimited.problem(
            "Too many wrong credentials were shown for this, from here too", retryAfter: pause)
    }

    /// The credentials were wrong.
    func noteFailure(at targets: [GuessTarget], from network: ClientNetwork) async {
        for target in targets {
            guard await !limiter.take(target.bucket, limit: Self.failures).isAllowed else { continue }
            let now = now()
            let begins = state.withLock { $0.noteFailure(Attempt(target: target, network: network), at: now) }
            if begins {
                logger.warning(
                    "Credentials are being guessed; networks that were wrong too often are not looked at",
                    metadata: ["target": "\(target.bucket)"])
            }
        }
    }
}
