package import Core
import Foundation
package import Postgres

/// All SQL on `reconciliation_findings`.
package struct FindingStore: Sendable {
    package init() {}

    private static let columns = """
        id, gateway, kind, subject, detail, state, amount_minor, currency, payment_id, order_id, settlement_id, explanation, explained_by,
        proposed_by, written_off_by, version, found_at, seen_at
        """

    package func finding(
        _ id: ID<Finding>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Finding? {
        try await executor.queryOne(
            "SELECT \(unescaped: Self.columns) FROM reconciliation_findings WHERE id = \(id)", as: Finding.self)
    }

    /// The row, locked until the transaction ends.
    func lock(_ id: ID<Finding>, in work: some PostgresExecutor) async throws(PostgresError) -> Finding? {
        try await work.queryOne(
            "SELECT \(unescaped: Self.columns) FROM reconciliation_findings WHERE id = \(id) FOR NO KEY UPDATE",
            as: Finding.self)
    }

    /// A page of them, the newest first.
    package func findings(
        of gateway: GatewayName?, in state: Finding.State?, page: PageRequest, from executor: some PostgresExecutor
    ) async throws -> Page<Finding> {
        try await page.newestFirst("reconciliation_findings", by: \.id) { before, limit in
            let ofGateway = OptionalFilter.condition("gateway = $1", "$1::text", isSet: gateway != nil)
            let inState = OptionalFilter.condition("state = $2", "$2::text", isSet: state != nil)
            let older = OptionalFilter.condition("id < $3", "$3::uuid", isSet: before != nil)
            return try await executor.query(
                PostgresStatement(
                    sql: """
                        SELECT \(Self.columns) FROM reconciliation_findings
                        WHERE \(ofGateway) AND \(inState) AND \(older) ORDER BY id DESC LIMIT $4
                        """, parameters: [gateway?.rawValue, state, before, limit]), as: Finding.self)
        }
    }

    /// What is found again is open again where it had been mended; whatever somebody decided about it holds.
    private static let seenAgain = """
        ON CONFLICT ON CONSTRAINT reconciliation_findings_once DO UPDATE SET detail = excluded.detail, seen_at = excluded.seen_at,
            state = CASE reconciliation_findings.state WHEN 'mended' THEN 'open' ELSE reconciliation_findings.state END,
            version = reconciliation_findings.version + 1, updated_at = excluded.updated_at
        """

    /// - Parameter ids: one for each.
    func note(
        _ findings: [NewFinding], ids: [UUID], of gateway: GatewayName, at now: Date, in work: some PostgresExecutor
    ) async throws(PostgresError) {
        for (finding, id) in zip(findings, ids) {
            try await work.pipeline(
                """
                INSERT INTO reconciliation_findings (id, gateway, kind, subject, detail, amount_minor, currency, payment_id, order_id,
                    settlement_id, found_at, seen_at, updated_at)
                VALUES (\(id), \(gateway.rawValue), \(finding.kind), \(finding.subject), \(finding.detail),
                    \(finding.amount?.minorUnits), \(finding.amount?.currency), \(finding.paymentID),
                    (SELECT order_id FROM payments WHERE id = \(finding.paymentID)), \(finding.settlementID), \(now), \(now), \(now))
                \(unescaped: Self.seenAgain)
                """)
        }
    }

    /// What a line lacks; null where it is as it should be. Gross is what it would be without the fee.
    private static let judgement = """
        CASE
            WHEN line.kind = 'fee' THEN NULL
            WHEN line.kind = 'adjustment' THEN CASE WHEN gross <> 0 THEN 'line_adjustment' END
            WHEN line.kind = 'payment' AND line.payment_id IS NULL OR line.kind = 'refund' AND line.refund_id IS NULL
                OR line.kind = 'dispute' AND line.dispute_id IS NULL THEN 'line_unknown'
            WHEN line.kind = 'payment' AND payment.settlement IS NULL
                OR line.kind = 'refund' AND refund.state <> 'succeeded' THEN 'line_not_counted'
            WHEN line.kind = 'payment' AND gross <> payment.amount_minor
                OR line.kind = 'refund' AND -gross <> refund.amount_minor THEN 'line_amount_differs'
            WHEN line.kind = 'payment' AND EXISTS (SELECT FROM settlement_lines AS other
                WHERE other.payment_id = line.payment_id AND other.kind = 'payment' AND other.id < line.id)
                THEN 'line_settled_twice'
        END
        """

    /// Lines with what they are about, and what they would be without the fee.
    private static let judged = """
        settlement_lines AS line
        JOIN settlements AS settlement ON settlement.id = line.settlement_id
        CROSS JOIN LATERAL (SELECT line.credit_minor - line.debit_minor + line.fee_minor AS gross) AS sums
        LEFT JOIN payments AS payment ON payment.id = line.payment_id
        LEFT JOIN refunds AS refund ON refund.id = line.refund_id
        """

    /// Judges lines and notes what is wrong with them, each under its line's own id.
    /// - Returns: the payments about which the gateway has to be asked, because that may mend something.
    func judge(
        lines ids: [UUID], at now: Date, in work: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Payment>] {
        try await work.queryValues(
            """
            WITH found AS (
                INSERT INTO reconciliation_findings (id, gateway, kind, subject, detail, amount_minor, currency, payment_id, order_id,
                    settlement_id, found_at, seen_at, updated_at)
                SELECT id, gateway, verdict, reference, detail, lacking, currency, payment_id, order_id, settlement_id,
                    \(now), \(now), \(now)
                FROM (
                    SELECT line.id, settlement.gateway, \(unescaped: Self.judgement) AS verdict,
                        settlement.reference || '/' || line.reference AS reference,
                        line.kind || coalesce(' of ' || line.payment_reference, '') || ': the gateway says ' || gross
                            || coalesce(', here ' || CASE line.kind WHEN 'payment' THEN payment.amount_minor
                                WHEN 'refund' THEN -refund.amount_minor END, '') AS detail,
                        gross - CASE WHEN line.kind = 'payment' AND payment.settlement IS NOT NULL
                                AND gross <> payment.amount_minor THEN payment.amount_minor
                            WHEN line.kind = 'refund' AND refund.state = 'succeeded' THEN -refund.amount_minor ELSE 0 END
                            AS lacking,
                        settlement.currency, line.payment_id, line.order_id, line.settlement_id
                    FROM \(unescaped: Self.judged) WHERE line.id = ANY (\(ids))
                ) AS lines WHERE verdict IS NOT NULL
                \(unescaped: Self.seenAgain)
                RETURNING kind, payment_id
            )
            SELECT DISTINCT payment_id FROM found WHERE payment_id IS NOT NULL AND kind <> 'line_amount_differs'
            """, as: ID<Payment>.self)
    }

    /// How many of these lines something is found about.
    func count(among lines: [UUID], in work: some PostgresExecutor) async throws(PostgresError) -> Int {
        try await work.queryValue(
            "SELECT count(*)::int8 FROM reconciliation_findings WHERE id = ANY (\(lines))", as: Int64.self
        ).map { Int(clamping: $0) } ?? 0
    }

    /// Finds out anew what undone lines of a gateway are about, and counts as mended what agrees by now.
    /// - Returns: how many were mended.
    func mend(of gateway: GatewayName, at now: Date, in work: some PostgresExecutor) async throws(PostgresError) -> Int
    {
        try await work.execute(
            """
            UPDATE settlement_lines AS line SET payment_id = payment.id, order_id = payment.order_id,
                refund_id = (SELECT id FROM refunds WHERE payment_id = payment.id AND line.kind = 'refund'
                    AND refunds.reference = line.subject_reference LIMIT 1),
                dispute_id = (SELECT id FROM disputes WHERE payment_id = payment.id AND line.kind = 'dispute'
                    AND disputes.reference = line.subject_reference)
            FROM reconciliation_findings AS finding, payments AS payment
            WHERE finding.gateway = \(gateway.rawValue) AND finding.kind IN ('line_unknown', 'line_settled_twice')
                AND finding.state IN ('open', 'explained', 'write_off_proposed') AND line.id = finding.id
                AND payment.reference = line.payment_reference AND payment.gateway = \(gateway.rawValue)
            """)
        return try await work.execute(
            """
            UPDATE reconciliation_findings AS finding SET state = 'mended', version = version + 1, updated_at = \(now)
            WHERE gateway = \(gateway.rawValue) AND state IN ('open', 'explained', 'write_off_proposed') AND (
                EXISTS (SELECT FROM \(unescaped: Self.judged)
                    WHERE line.id = finding.id AND (\(unescaped: Self.judgement)) IS DISTINCT FROM finding.kind)
                OR kind = 'capture_missed_here' AND EXISTS (SELECT FROM payments
                    WHERE payments.id = finding.payment_id AND payments.settlement IS NOT NULL)
                OR kind = 'captured_again' AND EXISTS (SELECT FROM payments
                    WHERE payments.reference = finding.subject AND payments.gateway = finding.gateway)
                OR kind = 'refund_missed_here' AND EXISTS (SELECT FROM refunds
                    WHERE refunds.payment_id = finding.payment_id AND refunds.reference = finding.subject)
                OR kind = 'dispute_missed_here' AND EXISTS (SELECT FROM disputes
                    WHERE disputes.payment_id = finding.payment_id AND disputes.reference = finding.subject))
            """)
    }

    func update(_ finding: Finding, at now: Date, in work: some PostgresExecutor) async throws(PostgresError) {
        try await work.pipeline(
            """
            UPDATE reconciliation_findings SET state = \(finding.state), explanation = \(finding.explanation),
                explained_by = \(finding.explainedBy), proposed_by = \(finding.proposedBy),
                written_off_by = \(finding.writtenOffBy), version = version + 1, updated_at = \(now)
            WHERE id = \(finding.id)
            """)
    }
}
