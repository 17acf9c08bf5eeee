import Core
import Foundation
import Identity
package import Postgres
import Registrations
import Values

/// All SQL about the time that laws give.
package struct ComplaintClockStore: Sendable {
    /// How many are told of at once; laws are few.
    private static let most = 500

    package init() {}

    /// All of them, by country and step, the newest first.
    package func clocks(in executor: some PostgresExecutor) async throws(PostgresError) -> [ComplaintClock] {
        try await executor.query(
            """
            SELECT \(unescaped: ComplaintClock.columns) FROM complaint_clocks
            ORDER BY country, step, valid_from DESC LIMIT \(Self.most)
            """, as: ComplaintClock.self)
    }

    /// Those that hold in a country for what is filed at a time, one of each step at most: where several do, the newest.
    func clocks(
        in country: String, at time: Date, from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ComplaintClock] {
        let day = ComplaintClock.day(in: country, at: time).utcMidnight
        return try await executor.query(
            """
            SELECT DISTINCT ON (step) \(unescaped: ComplaintClock.columns) FROM complaint_clocks
            WHERE country = \(country) AND valid_from <= (\(day) AT TIME ZONE 'UTC')::date
                AND (valid_until IS NULL OR valid_until > (\(day) AT TIME ZONE 'UTC')::date)
            ORDER BY step, valid_from DESC
            """, as: ComplaintClock.self)
    }

    /// Waits for the answer, which may be a constraint's refusal.
    func insert(_ clock: ComplaintClock, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO complaint_clocks (country, step, months, hours, warning_hours, valid_from, source)
            VALUES (\(clock.country), \(clock.step), \(Int32(clock.months)), \(Int32(clock.hours)),
                \(Int32(clock.warningHours)), (\(clock.validFrom.utcMidnight) AT TIME ZONE 'UTC')::date, \(clock.source))
            """)
    }
}

extension ComplaintClock: PostgresRowDecodable {
    static let columns = "country, step, months, hours, warning_hours, valid_from, valid_until, source"

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            country: try row.decode("country"), step: try row.decode("step"),
            months: Int(try row.decode("months", as: Int32.self)), hours: Int(try row.decode("hours", as: Int32.self)),
            warningHours: Int(try row.decode("warning_hours", as: Int32.self)),
            validFrom: CivilDate(utc: try row.decode("valid_from", as: Date.self)),
            validUntil: try row.decode("valid_until", as: Date?.self).map(CivilDate.init(utc:)),
            source: try row.decode("source"))
    }
}
