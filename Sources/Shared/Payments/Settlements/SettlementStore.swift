package import Core
import Foundation
package import Postgres

/// All SQL on `settlements` and `settlement_lines`.
package struct SettlementStore: Sendable {
    package init() {}

    private static let columns = """
        id, gateway, reference, amount_minor, currency, bank_reference, settled_at, state, cursor, line_count, lines_minor, fee_minor,
        tax_minor, created_at, completed_at
        """

    package func settlement(
        _ id: ID<Settlement>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Settlement? {
        try await executor.queryOne(
            "SELECT \(unescaped: Self.columns) FROM settlements WHERE id = \(id)", as: Settlement.self)
    }

    /// A page of them, those that we heard of last first.
    package func settlements(
        of gateway: GatewayName?, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<Settlement> {
        try await page.newestFirst("settlements", by: \.id) { before, limit in
            let ofGateway = OptionalFilter.condition("gateway = $1", "$1::text", isSet: gateway != nil)
            let older = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
            return try await executor.query(
                PostgresStatement(
                    sql: """
                        SELECT \(Self.columns) FROM settlements WHERE \(ofGateway) AND \(older) ORDER BY id DESC LIMIT $3
                        """, parameters: [gateway?.rawValue, before, limit]), as: Settlement.self)
        }
    }

    /// A page of a settlement's lines, those that were read last first.
    package func lines(
        of id: ID<Settlement>, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<SettledLine> {
        try await page.newestFirst("settlement_lines", by: \.id) { before, limit in
            let older = OptionalFilter.condition("line.id < $2", "$2::uuid", isSet: before != nil)
            return try await executor.query(
                PostgresStatement(
                    sql: """
                        SELECT line.id, line.reference, kind, debit_minor, credit_minor, line.fee_minor, line.tax_minor, occurred_at,
                            payment_id, order_id, refund_id, dispute_id, currency
                        FROM settlement_lines AS line JOIN settlements ON settlements.id = settlement_id
                        WHERE settlement_id = $1 AND \(older) ORDER BY line.id DESC LIMIT $3
                        """, parameters: [id, before, limit]), as: SettledLine.self)
        }
    }

    /// Those whose lines are not all read.
    func unfinished(
        of gateway: GatewayName, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Settlement] {
        try await executor.query(
            """
            SELECT \(unescaped: Self.columns) FROM settlements WHERE gateway = \(gateway.rawValue) AND state = 'reading' ORDER BY id
            """, as: Settlement.self)
    }

    /// - Returns: the row of before where there is one.
    func open(
        _ id: ID<Settlement>, _ settlement: GatewaySettlement, of gateway: GatewayName, at now: Date,
        in work: some PostgresExecutor
    ) async throws(PostgresError) -> Settlement? {
        try await work.execute(
            """
            INSERT INTO settlements (id, gateway, reference, amount_minor, currency, bank_reference, settled_at, created_at)
            VALUES (\(id), \(gateway.rawValue), \(settlement.reference), \(settlement.amount.minorUnits),
                \(settlement.amount.currency), \(settlement.bankReference), \(settlement.settledAt), \(now))
            ON CONFLICT ON CONSTRAINT settlements_reference_unique DO NOTHING
            """)
        return try await work.queryOne(
            """
            SELECT \(unescaped: Self.columns) FROM settlements
            WHERE gateway = \(gateway.rawValue) AND reference = \(settlement.reference)
            """, as: Settlement.self)
    }

    /// The row, locked until the transaction ends.
    func lock(_ id: ID<Settlement>, in work: some PostgresExecutor) async throws(PostgresError) -> Settlement? {
        try await work.queryOne(
            "SELECT \(unescaped: Self.columns) FROM settlements WHERE id = \(id) FOR NO KEY UPDATE", as: Settlement.self
        )
    }

    /// What lines that were not on record come to.
    struct Added: PostgresRowDecodable, Sendable {
        let count: Int64
        let net: Int64
        let fee: Int64
        let tax: Int64

        init(row: borrowing PostgresRow) throws(PostgresError) {
            count = try row.decode("count")
            net = try row.decode("net")
            fee = try row.decode("fee")
            tax = try row.decode("tax")
        }
    }

    /// Records lines with what of ours they are about; each counts once.
    /// - Parameter ids: one for each line.
    func add(
        _ lines: [SettlementLine], ids: [UUID], to settlement: Settlement, in work: some PostgresExecutor
    ) async throws(PostgresError) -> Added? {
        try await work.queryOne(
            PostgresStatement(
                sql: """
                    WITH input AS (
                        SELECT * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int8[], $9::int8[],
                            $10::int8[], $11::int8[], $12::timestamptz[], $13::text[])
                            AS input (id, reference, kind, paid, subject, debit, credit, fee, tax, occurred_at, session)
                    ), added AS (
                        INSERT INTO settlement_lines (id, settlement_id, reference, kind, payment_reference, subject_reference,
                            debit_minor, credit_minor, fee_minor, tax_minor, occurred_at, payment_id, order_id, refund_id, dispute_id)
                        SELECT input.id, $1, input.reference, input.kind, nullif(paid, ''), nullif(input.subject, ''), debit, credit,
                            fee, tax, occurred_at, payment.id, payment.order_id, refund.id, dispute.id
                        FROM input
                        LEFT JOIN payments AS named ON named.reference = paid AND named.gateway = $2
                        LEFT JOIN payments AS payment ON payment.id = coalesce(named.id, (SELECT opened.id FROM payments AS opened
                            WHERE opened.session_reference = session AND opened.gateway = $2))
                        LEFT JOIN refunds AS refund ON input.kind = 'refund' AND refund.payment_id = payment.id
                            AND refund.reference = input.subject
                        LEFT JOIN disputes AS dispute ON input.kind = 'dispute' AND dispute.payment_id = payment.id
                            AND dispute.reference = input.subject
                        ON CONFLICT ON CONSTRAINT settlement_lines_once DO NOTHING
                        RETURNING debit_minor, credit_minor, fee_minor, tax_minor
                    )
                    SELECT count(*)::int8 AS count, coalesce(sum(credit_minor - debit_minor), 0)::int8 AS net,
                        coalesce(sum(fee_minor), 0)::int8 AS fee, coalesce(sum(tax_minor), 0)::int8 AS tax FROM added
                    """,
                parameters: [
                    settlement.id, settlement.gateway.rawValue, ids, lines.map(\.reference), lines.map(\.kind.rawValue),
                    lines.map { $0.paymentReference ?? "" }, lines.map { $0.subjectReference ?? "" },
                    lines.map(\.debit), lines.map(\.credit), lines.map(\.fee), lines.map(\.tax),
                    lines.map(\.occurredAt),
                    lines.map { $0.sessionReference ?? "" },
                ]), as: Added.self)
    }

    func update(_ settlement: Settlement, in work: some PostgresExecutor) async throws(PostgresError) {
        try await work.pipeline(
            """
            UPDATE settlements SET state = \(settlement.state), cursor = \(settlement.cursor), line_count = \(settlement.lineCount),
                lines_minor = \(settlement.lines.minorUnits), fee_minor = \(settlement.fee.minorUnits),
                tax_minor = \(settlement.tax.minorUnits), completed_at = \(settlement.completedAt)
            WHERE id = \(settlement.id)
            """)
    }
}
