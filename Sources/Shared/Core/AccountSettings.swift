package import Foundation

/// What a password hash costs (Argon2id, RFC 9106); by default the least that OWASP's password storage advice accepts.
package struct PasswordCost: Hashable, Sendable {
    package let memoryKiB: UInt32
    package let iterations: UInt32
    package let lanes: UInt32

    package init(memoryKiB: UInt32 = 19 * 1024, iterations: UInt32 = 2, lanes: UInt32 = 1) {
        self.memoryKiB = memoryKiB
        self.iterations = iterations
        self.lanes = lanes
    }
}

/// How people sign in and for how long.
package struct AccountSettings: Hashable, Sendable {
    /// HAAT_PASSWORD_MEMORY_MIB, default 19; HAAT_PASSWORD_ITERATIONS, default 2; HAAT_PASSWORD_LANES, default 1. A stored password
    /// that costs something else is hashed anew when its owner signs in.
    package var passwordCost = PasswordCost()
    /// HAAT_SESSION_IDLE_DAYS: how long a session lasts after its last use, default 30.
    package var sessionIdleTime: TimeInterval = 30 * 86_400
    /// HAAT_SESSION_DAYS: how long it lasts at most, default 180.
    package var sessionLifetime: TimeInterval = 180 * 86_400
    /// HAAT_SECOND_FACTOR_MINUTES: how long a second factor counts as fresh, default 15.
    package var secondFactorTime: TimeInterval = 15 * 60

    /// HAAT_SESSION_RECORD_DAYS: how long an ended session stays on record, with its network and device, default 400.
    package var sessionRecordTime: TimeInterval = 400 * 86_400
    /// HAAT_ERASURE_WAITING_DAYS: how long somebody who wants to be forgotten may think better of it, default 14.
    package var erasureWaitingTime: TimeInterval = 14 * 86_400

    package init() {}

    init(_ settings: inout SettingsReader) {
        passwordCost = PasswordCost(
            memoryKiB: UInt32(settings.whole("HAAT_PASSWORD_MEMORY_MIB", default: 19, in: 8...1024)) * 1024,
            iterations: UInt32(settings.whole("HAAT_PASSWORD_ITERATIONS", default: 2, in: 1...16)),
            lanes: UInt32(settings.whole("HAAT_PASSWORD_LANES", default: 1, in: 1...8)))
        sessionIdleTime = TimeInterval(settings.whole("HAAT_SESSION_IDLE_DAYS", default: 30, in: 1...365)) * 86_400
        sessionLifetime = TimeInterval(settings.whole("HAAT_SESSION_DAYS", default: 180, in: 1...730)) * 86_400
        secondFactorTime = TimeInterval(settings.whole("HAAT_SECOND_FACTOR_MINUTES", default: 15, in: 1...1440)) * 60
        sessionRecordTime =
            TimeInterval(settings.whole("HAAT_SESSION_RECORD_DAYS", default: 400, in: 1...3660)) * 86_400
        erasureWaitingTime =
            TimeInterval(settings.whole("HAAT_ERASURE_WAITING_DAYS", default: 14, in: 0...90)) * 86_400
        if sessionLifetime < sessionIdleTime {
            settings.refuse("HAAT_SESSION_DAYS must not be less than HAAT_SESSION_IDLE_DAYS")
        }
    }
}

extension SettingsReader {
    fileprivate mutating func whole(_ name: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
        value(name, default: fallback, expected: "a number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}
