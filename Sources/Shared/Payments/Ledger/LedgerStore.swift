package import Core
import Foundation
package import Postgres

/// What a booking is for; with its subject it happens once.
package enum LedgerTransactionKind: String, Sendable {
    /// Subject: the payment.
    case capture
    /// Subject: the refund.
    case refund
    /// A refund that came back. Subject: the refund.
    case refundReversal = "refund_reversal"
    /// The gateway took the disputed money. Subject: the dispute and its revision, as for the three below.
    case disputeWithdrawal = "dispute_withdrawal"
    /// The gateway gave it back.
    case disputeReinstatement = "dispute_reinstatement"
    /// It is gone for good: those who had a share of the capture bear it.
    case disputeLoss = "dispute_loss"
    /// A lost dispute was won after all, or less of it is lost.
    case disputeLossReversal = "dispute_loss_reversal"
    /// What the gateway kept of lines of a settlement. Subject: the settlement and the first of these lines.
    case settlementFees = "settlement_fees"
    /// A settlement that arrived at the bank. Subject: the settlement.
    case settlementPayout = "settlement_payout"
    /// A difference that nobody will mend. Subject: the finding.
    case writeOff = "write_off"
}

/// All SQL on the ledger. There is no update and no delete; the database refuses both.
package struct LedgerStore: Sendable {
    private let ids: UUIDv7Generator

    package init(ids: UUIDv7Generator) {
        self.ids = ids
    }

    /// Books a posting once per kind and subject; nothing where it was booked before.
    /// - Parameter payment: nil for what is no payment's.
    func record(
        _ posting: LedgerPosting, kind: LedgerTransactionKind, subject: String, of payment: Payment?, at now: Date,
        in work: some PostgresExecutor
    ) async throws(PostgresError) {
        let lines = posting.lines
        try await work.deferInsert(
            PostgresStatement(
                with: [
                    "booking": """
                    INSERT INTO ledger_transactions (id, kind, subject, payment_id, order_id, recorded_at)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    ON CONFLICT ON CONSTRAINT ledger_transactions_once DO NOTHING
                    RETURNING id
                    """
                ],
                // In the order of their codes, so that two bookings which open the same accounts wait for each other
                // instead of deadlocking.
                sql: """
                    INSERT INTO ledger_entries (transaction_id, line, account_id, amount_minor, currency)
                    SELECT booking.id, line, ledger_account(code, kind, fresh_id), amount, $7
                    FROM booking, (
                        SELECT * FROM unnest($8::text[], $9::text[], $10::uuid[], $11::int8[])
                            WITH ORDINALITY AS input (code, kind, fresh_id, amount, line) ORDER BY code
                    ) AS input
                    """,
                parameters: [
                    ids.next(), kind.rawValue, subject, payment?.id, payment?.orderID, now, posting.currency,
                    lines.map(\.account), lines.map(\.kind), lines.map { _ in ids.next() }, lines.map(\.amount),
                ]))
    }

    /// The lines of a booking, in their order; empty where it was never made.
    func lines(
        of kind: LedgerTransactionKind, subject: String, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [LedgerLine] {
        try await executor.query(
            """
            SELECT code, account.kind, amount_minor FROM ledger_transactions AS booking
            JOIN ledger_entries ON transaction_id = booking.id JOIN ledger_accounts AS account ON account.id = account_id
            WHERE booking.kind = \(kind.rawValue) AND subject = \(subject) ORDER BY line
            """, columns: (String, String, Int64).self
        ).map { LedgerLine(account: $0.0, kind: $0.1, amount: $0.2) }
    }

    /// What all bookings of these kinds about a thing of a payment come to on each account; none of those where that is nothing.
    func sums(
        of kinds: [LedgerTransactionKind], about subject: String, of payment: ID<Payment>,
        in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [LedgerLine] {
        try await executor.query(
            """
            SELECT code, account.kind, sum(amount_minor)::int8 FROM ledger_transactions AS booking
            JOIN ledger_entries ON transaction_id = booking.id JOIN ledger_accounts AS account ON account.id = account_id
            WHERE payment_id = \(payment) AND booking.kind = ANY (\(kinds.map(\.rawValue)))
                AND starts_with(subject, \(subject + "/"))
            GROUP BY code, account.kind HAVING sum(amount_minor) <> 0 ORDER BY code
            """, columns: (String, String, Int64).self
        ).map { LedgerLine(account: $0.0, kind: $0.1, amount: $0.2) }
    }

    /// An account's balance in one currency; debits are positive.
    package func balance(
        of account: LedgerAccount, in currency: Currency, from executor: some PostgresExecutor
    ) async throws(PostgresError) -> Int64 {
        try await executor.queryValue(
            """
            SELECT coalesce(sum(amount_minor), 0)::int8 FROM ledger_entries
            JOIN ledger_accounts AS account ON account.id = account_id
            WHERE code = \(account.code) AND currency = \(currency)
            """, as: Int64.self) ?? 0
    }
}
