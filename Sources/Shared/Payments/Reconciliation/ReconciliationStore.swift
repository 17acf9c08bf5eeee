import Core
import Foundation
import Postgres

/// The questions that a reconciliation asks of our own record.
struct ReconciliationStore: Sendable {
    /// What was captured in a period, as the gateway names it.
    struct Capture: PostgresRowDecodable, Sendable {
        let id: ID<Payment>
        let reference: String?

        init(row: borrowing PostgresRow) throws(PostgresError) {
            id = try row.decode("id")
            reference = try row.decode("reference")
        }
    }

    /// A refund that succeeded in a period.
    struct Return: PostgresRowDecodable, Sendable {
        let id: ID<Refund>
        let paymentID: ID<Payment>
        let reference: String?

        init(row: borrowing PostgresRow) throws(PostgresError) {
            id = try row.decode("id")
            paymentID = try row.decode("payment_id")
            reference = try row.decode("reference")
        }
    }

    func captures(
        through gateway: GatewayName, in period: GatewayPeriod, from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Capture] {
        try await executor.query(
            """
            SELECT id, reference FROM payments WHERE gateway = \(gateway.rawValue)
                AND captured_at >= \(period.start) AND captured_at < \(period.end) ORDER BY id
            """, as: Capture.self)
    }

    func returns(
        through gateway: GatewayName, in period: GatewayPeriod, from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Return] {
        try await executor.query(
            """
            SELECT refunds.id, payment_id, refunds.reference FROM refunds JOIN payments ON payments.id = payment_id
            WHERE gateway = \(gateway.rawValue) AND refunds.state = 'succeeded'
                AND refunds.created_at >= \(period.start) AND refunds.created_at < \(period.end) ORDER BY refunds.id
            """, as: Return.self)
    }

    /// Payments with a dispute or a refund that began in a period and has no end yet.
    func undecided(
        through gateway: GatewayName, _ parts: Set<ReconciliationPart>, begun period: Range<Date>,
        from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Payment>] {
        try await executor.queryValues(
            """
            SELECT id FROM payments WHERE gateway = \(gateway.rawValue) AND id IN (
                SELECT payment_id FROM disputes WHERE status NOT IN ('won', 'lost') AND \(parts.contains(.disputes))
                    AND created_at >= \(period.lowerBound) AND created_at < \(period.upperBound)
                UNION ALL
                SELECT payment_id FROM refunds WHERE state = 'pending' AND \(parts.contains(.refunds))
                    AND created_at >= \(period.lowerBound) AND created_at < \(period.upperBound)
            ) ORDER BY id
            """, as: ID<Payment>.self)
    }

    /// Payments with a refund that succeeded and is of an age at which it is looked at once more: a bank may send it back weeks later,
    /// and gateways list refunds by their beginning.
    func revisited(
        through gateway: GatewayName, endingAt end: Date, from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Payment>] {
        try await executor.queryValues(
            """
            SELECT DISTINCT payment_id FROM unnest(\(Self.agesOfRefunds.map(Int32.init))::int4[]) AS age (days)
            JOIN refunds ON refunds.created_at >= \(end) - (age.days + 2) * interval '1 day'
                AND refunds.created_at < \(end) - age.days * interval '1 day'
            JOIN payments ON payments.id = payment_id
            WHERE gateway = \(gateway.rawValue) AND refunds.state = 'succeeded' ORDER BY payment_id
            """, as: ID<Payment>.self)
    }

    /// In days. Each is looked at for two days, as every period is looked at twice.
    private static let agesOfRefunds = [3, 7, 14, 30, 60]

    /// Payments that are still open though their time is over, the newest and so many at most.
    func overdue(
        through gateway: GatewayName, before time: Date, since start: Date, limit: Int,
        from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Payment>] {
        try await executor.queryValues(
            """
            SELECT id FROM payments WHERE gateway = \(gateway.rawValue) AND state IN ('created', 'pending', 'authorised')
                AND session_expires_at >= \(start) AND session_expires_at < \(time) AND session_reference IS NOT NULL
            ORDER BY session_expires_at DESC LIMIT \(Int32(clamping: limit))
            """, as: ID<Payment>.self)
    }

    /// Which of these events of an account were never received.
    func unseen(
        of gateway: GatewayName, among ids: [String], from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [String] {
        try await executor.queryValues(
            """
            SELECT event_id FROM unnest(\(ids)::text[]) AS told (event_id) WHERE NOT EXISTS (
                SELECT FROM webhook_seen WHERE account = \(gateway.rawValue) AND webhook_seen.event_id = told.event_id)
            """, as: String.self)
    }

    /// What the bookings for a dispute come to on the gateway's account.
    func booked(
        for dispute: Dispute, through gateway: GatewayName, from executor: some PostgresExecutor
    ) async throws(PostgresError) -> Int64 {
        try await executor.queryValue(
            """
            SELECT coalesce(sum(amount_minor), 0)::int8 FROM ledger_transactions AS booking
            JOIN ledger_entries ON transaction_id = booking.id JOIN ledger_accounts AS account ON account.id = account_id
            WHERE payment_id = \(dispute.paymentID) AND starts_with(subject, \("\(dispute.id)/"))
                AND code = \(LedgerAccount.clearing(gateway).code)
            """, as: Int64.self) ?? 0
    }

    /// Payments of the period whose bookings on the gateway's account are not what payment, refunds and disputes come to:
    /// the payment, what is booked, what should be.
    func misbooked(
        through gateway: GatewayName, in period: GatewayPeriod, from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [(ID<Payment>, Int64, Int64)] {
        try await executor.query(
            """
            SELECT id, booked, due FROM (
                SELECT payment.id,
                    payment.amount_minor - payment.refunded_minor - coalesce((SELECT sum(greatest(taken_minor - returned_minor, 0))
                        FROM disputes WHERE payment_id = payment.id), 0)::int8 AS due,
                    coalesce((SELECT sum(entry.amount_minor) FROM ledger_transactions AS booking
                        JOIN ledger_entries AS entry ON entry.transaction_id = booking.id
                        JOIN ledger_accounts AS account ON account.id = entry.account_id
                        WHERE booking.payment_id = payment.id
                            AND account.code = \(LedgerAccount.clearing(gateway).code)), 0)::int8 AS booked
                FROM payments AS payment
                WHERE gateway = \(gateway.rawValue) AND captured_at >= \(period.start) AND captured_at < \(period.end)
            ) AS compared WHERE booked <> due ORDER BY id
            """, columns: (ID<Payment>, Int64, Int64).self)
    }
}
