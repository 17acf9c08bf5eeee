package import Core
package import Foundation
package import Postgres

/// How an account at a courier does, as operators see it.
package struct CourierHealth: Sendable, Hashable, PostgresRowDecodable {
    /// Until then nobody asks; nil where everybody may.
    package let heldUntil: Date?
    package let holdReason: String?
    package let answeredAt: Date?
    package let failedAt: Date?
    package let failure: String?
    package let balance: Money?
    package let balanceAt: Date?

    package init(
        heldUntil: Date? = nil, holdReason: String? = nil, answeredAt: Date? = nil, failedAt: Date? = nil,
        failure: String? = nil, balance: Money? = nil, balanceAt: Date? = nil
    ) {
        self.heldUntil = heldUntil
        self.holdReason = holdReason
        self.answeredAt = answeredAt
        self.failedAt = failedAt
        self.failure = failure
        self.balance = balance
        self.balanceAt = balanceAt
    }

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let amount: Int64? = try row.decode("balance_minor")
        let currency: Currency? = try row.decode("currency")
        self.init(
            heldUntil: try row.decode("held_until"), holdReason: try row.decode("hold_reason"),
            answeredAt: try row.decode("answered_at"), failedAt: try row.decode("failed_at"),
            failure: try row.decode("failure"),
            balance: amount.flatMap { amount in currency.map { Money(minorUnits: amount, currency: $0) } },
            balanceAt: try row.decode("balance_at"))
    }
}

/// What is known of accounts at couriers.
package struct CourierAccountStore: Sendable {
    package init() {}

    package func health(
        of courier: CourierName, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> CourierHealth {
        try await executor.queryOne(
            """
            SELECT held_until, hold_reason, answered_at, failed_at, failure, balance_minor, currency, balance_at
            FROM courier_accounts WHERE courier = \(courier.rawValue)
            """, as: CourierHealth.self) ?? CourierHealth()
    }
}
