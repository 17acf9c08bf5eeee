import Core
import Crypto
package import Foundation
package import Postgres

/// How often something may be guessed at: a bucket that holds so many and leaks at an even rate.
struct GuessLimit: Sendable {
    let name: String
    let count: Int
    let window: TimeInterval

    /// Passwords of a contact, from everywhere but the devices that its owner has signed in on.
    static let password = GuessLimit(name: "password", count: 10, window: 3600)
    /// Passwords of an account on one such device.
    static let passwordOnDevice = GuessLimit(name: "password-device", count: 20, window: 3600)
    /// The password of somebody who has signed in, asked for once more.
    static let presentPassword = GuessLimit(name: "present-password", count: 10, window: 3600)
    /// Messages to a contact that are asked for from everywhere else.
    static let verification = GuessLimit(name: "verification", count: 10, window: 3600)
    static let verificationOnDevice = GuessLimit(name: "verification-device", count: 10, window: 3600)
    /// Codes of an account's authenticator.
    static let secondFactor = GuessLimit(name: "second-factor", count: 10, window: 3600)
    static let secondFactorOnDevice = GuessLimit(name: "second-factor-device", count: 20, window: 3600)
}

/// What is guessed at.
struct GuessTarget: Hashable, Sendable {
    let limit: GuessLimit
    let key: [UInt8]

    /// - Parameter subject: a contact, or an id; only its digest is kept.
    init(_ limit: GuessLimit, _ subject: some CustomStringConvertible) {
        self.limit = limit
        key = Array(SHA256.hash(data: Array("\(limit.name):\(subject.description)".utf8)))
    }

    static func == (left: GuessTarget, right: GuessTarget) -> Bool { left.key == right.key }
    func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

/// What the database has counted.
struct GuessCount: Sendable {
    let isAllowed: Bool
    let retryAfter: Duration
}

/// All SQL about what was guessed.
struct GuessStore: Sendable {
    /// Counts one guess before it is looked at, so that however many come at once no more are looked at than may be. What is refused
    /// fills the bucket no further.
    func take(
        _ target: GuessTarget, at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> GuessCount {
        let perSecond = Double(target.limit.count) / target.limit.window
        let level = try await executor.queryValue(
            """
            INSERT INTO guess_counts AS counted (key, level, counted_at) VALUES (\(target.key), 1, \(time))
            ON CONFLICT (key) DO UPDATE SET
                level = 1 + least(\(Double(target.limit.count)), greatest(0, counted.level
                    - greatest(0, extract(epoch FROM excluded.counted_at - counted.counted_at))::float8 * \(perSecond))),
                counted_at = greatest(excluded.counted_at, counted.counted_at)
            RETURNING level
            """, as: Double.self)
        let excess = (level ?? 1) - Double(target.limit.count)
        return GuessCount(isAllowed: excess <= 0, retryAfter: .seconds(max(1, (excess / perSecond).rounded(.up))))
    }

    /// It was none: the right one was shown.
    func giveBack(_ target: GuessTarget, in executor: some PostgresExecutor) async throws(PostgresError) {
        try await executor.execute(
            "UPDATE guess_counts SET level = greatest(0, level - 1) WHERE key = \(target.key)")
    }
}
