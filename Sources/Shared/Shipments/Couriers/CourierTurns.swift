package import Core
package import Foundation
package import Postgres

/// How many calls a courier takes.
package struct CourierPace: Sendable, Hashable {
    /// Between two calls, were they made evenly.
    let interval: TimeInterval
    /// How much earlier than evenly calls may come.
    let tolerance: TimeInterval

    /// - Parameter callsPerMinute: at least one; five seconds' worth may come at once.
    package init(callsPerMinute: Int) {
        interval = 60 / TimeInterval(max(1, callsPerMinute))
        tolerance = max(0, 5 - interval)
    }
}

/// What all processes know together of accounts at couriers: whose turn it is, and whether one is asked at all.
package struct CourierTurns: Sendable {
    private let postgres: PostgresClient

    package init(postgres: PostgresClient) {
        self.postgres = postgres
    }

    /// What may be done now.
    enum Turn: Sendable, Hashable {
        /// After so many seconds.
        case after(TimeInterval)
        /// Others are before us.
        case crowded
        /// Nobody asks.
        case held(String)
    }

    /// Takes a turn, where one comes within `patience`.
    func take(
        at courier: CourierName, pace: CourierPace, now: Date, patience: TimeInterval
    ) async throws(PostgresError) -> Turn {
        if let wait = try await taken(courier, pace, now, patience) { return .after(wait) }
        let row = try await postgres.queryOne(
            "SELECT held_until, hold_reason FROM courier_accounts WHERE courier = \(courier.rawValue)",
            as: PostgresRow.self)
        guard let row else {
            try await postgres.execute(
                """
                INSERT INTO courier_accounts (courier, next_call_at) VALUES (\(courier.rawValue), \(now))
                ON CONFLICT (courier) DO NOTHING
                """)
            return try await taken(courier, pace, now, patience).map(Turn.after) ?? .crowded
        }
        let until: Date? = try row.decode("held_until")
        let reason: String? = try row.decode("hold_reason")
        guard let until, let reason, until > now else { return .crowded }
        return .held("nobody asks until \(until.ISO8601Format()): \(reason)")
    }

    private func taken(
        _ courier: CourierName, _ pace: CourierPace, _ now: Date, _ patience: TimeInterval
    ) async throws(PostgresError) -> TimeInterval? {
        let due = try await postgres.queryValue(
            """
            UPDATE courier_accounts
            SET next_call_at = greatest(next_call_at, \(now)) + \(pace.interval)::float8 * interval '1 second'
            WHERE courier = \(courier.rawValue) AND (held_until IS NULL OR held_until <= \(now))
                AND next_call_at <= \(now.addingTimeInterval(pace.tolerance + patience))
            RETURNING next_call_at
            """, as: Date.self)
        return due.map { max(0, $0.timeIntervalSince(now) - pace.interval - pace.tolerance) }
    }

    /// Lets nobody ask for some time. A longer hold stays.
    package func hold(
        _ courier: CourierName, for time: TimeInterval, because reason: String, now: Date
    ) async throws(PostgresError) {
        let until = now.addingTimeInterval(time)
        try await postgres.execute(
            """
            INSERT INTO courier_accounts (courier, next_call_at) VALUES (\(courier.rawValue), \(now))
            ON CONFLICT (courier) DO NOTHING
            """)
        try await postgres.execute(
            """
            UPDATE courier_accounts SET held_until = \(until), hold_reason = \(String(reason.prefix(500)))
            WHERE courier = \(courier.rawValue) AND (held_until IS NULL OR held_until < \(until))
            """)
    }

    /// Lets everybody ask again.
    package func release(_ courier: CourierName, in executor: some PostgresExecutor) async throws(PostgresError) {
        try await executor.execute(
            """
            UPDATE courier_accounts SET held_until = NULL, hold_reason = NULL
            WHERE courier = \(courier.rawValue) AND held_until IS NOT NULL
            """)
    }

    /// Notes how a call ended.
    /// - Parameter failure: why there was no answer; nil where there was one.
    func note(_ failure: String?, at courier: CourierName, now: Date) async throws(PostgresError) {
        guard let failure else {
            try await postgres.execute(
                "UPDATE courier_accounts SET answered_at = \(now) WHERE courier = \(courier.rawValue)")
            return
        }
        try await postgres.execute(
            """
            UPDATE courier_accounts SET failed_at = \(now), failure = \(String(failure.prefix(500)))
            WHERE courier = \(courier.rawValue)
            """)
    }

    package func note(
        _ balance: Money, at courier: CourierName, now: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) {
        try await executor.execute(
            """
            UPDATE courier_accounts SET balance_minor = \(balance.minorUnits), currency = \(balance.currency), balance_at = \(now)
            WHERE courier = \(courier.rawValue)
            """)
    }
}
