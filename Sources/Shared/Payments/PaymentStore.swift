package import Core
import Foundation
package import Identity
package import Orders
package import Postgres

/// All SQL on the `payments` table.
package struct PaymentStore: Sendable {
    package init() {}

    static let columns = """
        id, order_id, demand_id, gateway, merchant_account, state, amount_minor, currency, refunded_minor, settlement, attempt,
        session_reference, reference, redirect_url, success_url, cancel_url, session_expires_at, conflict,
        dispute_state, dispute_stated_at, report, version, created_at, updated_at, captured_at, unclaimed_reason, superseded_at
        """

    /// The payment, or nil.
    package func payment(
        _ id: ID<Payment>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Payment? {
        try await executor.queryOne(
            PostgresStatement(
                sql: "SELECT \(Self.columns) FROM payments WHERE id = $1 AND \(visibility.ofPayments("order_id"))",
                parameters: [id, visibility.subject]),
            as: Payment.self)
    }

    /// All of an order, newest first.
    func payments(
        of orderID: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Payment] {
        try await executor.query(
            "SELECT \(unescaped: Self.columns) FROM payments WHERE order_id = \(orderID) ORDER BY id DESC",
            as: Payment.self)
    }

    /// A page of an order's payments, the newest first.
    package func payments(
        of orderID: ID<Order>, page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<Payment> {
        try await page.newestFirst(
            "payments", Self.columns, where: "order_id", is: orderID.uuid, by: \.id, visibleTo: visibility, in: executor
        )
    }

    /// The row, locked until the transaction ends.
    func lock(_ id: ID<Payment>, in work: some PostgresExecutor) async throws(PostgresError) -> Payment? {
        try await work.queryOne(
            "SELECT \(unescaped: Self.columns) FROM payments WHERE id = \(id) FOR NO KEY UPDATE", as: Payment.self)
    }

    /// The payment that a gateway's statement is about: by our id where it was echoed, else by the gateway's own ids.
    func find(
        id: ID<Payment>?, gateway: GatewayName, reference: String?, sessionReference: String?,
        in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Payment? {
        // Three lookups, each by its own unique index: one condition with OR would read every payment of the gateway.
        try await executor.queryOne(
            """
            SELECT \(unescaped: Self.columns) FROM (
                SELECT 1 AS preference, * FROM payments WHERE gateway = \(gateway.rawValue) AND id = \(id)
                UNION ALL
                SELECT 2, * FROM payments WHERE gateway = \(gateway.rawValue) AND reference = \(reference)
                UNION ALL
                SELECT 3, * FROM payments WHERE gateway = \(gateway.rawValue) AND session_reference = \(sessionReference)
            ) AS candidates ORDER BY preference LIMIT 1
            """, as: Payment.self)
    }

    func findOpen(
        demandID: ID<PaymentDemand>, gateway: GatewayName, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Payment? {
        try await executor.queryOne(
            """
            SELECT \(unescaped: Self.columns) FROM payments
            WHERE demand_id = \(demandID) AND gateway = \(gateway.rawValue) AND state IN ('created', 'pending', 'authorised')
            """, as: Payment.self)
    }

    /// Those that may still bring money, newest first.
    func listOpen(
        through gateway: GatewayName, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Payment>] {
        try await executor.queryValues(
            """
            SELECT id FROM payments WHERE gateway = \(gateway.rawValue) AND state IN ('created', 'pending', 'authorised')
            ORDER BY id DESC LIMIT \(Int32(clamping: limit))
            """, as: ID<Payment>.self)
    }

    /// Those that have been authorised since before a moment, the longest first.
    func listAuthorised(
        through gateway: GatewayName, before moment: Date, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Payment>] {
        try await executor.queryValues(
            """
            SELECT id FROM payments WHERE gateway = \(gateway.rawValue) AND state = 'authorised' AND updated_at < \(moment)
            ORDER BY updated_at LIMIT \(Int32(clamping: limit))
            """, as: ID<Payment>.self)
    }

    /// - Returns: whether the demand has open payments through other gateways; nil where one exists through this gateway, and nothing
    ///   was inserted.
    func insert(_ payment: Payment, in work: some PostgresExecutor) async throws(PostgresError) -> Bool? {
        try await work.queryValue(
            """
            INSERT INTO payments (id, order_id, demand_id, gateway, merchant_account, state, amount_minor, currency, attempt,
                success_url, cancel_url, session_expires_at, created_at, updated_at)
            VALUES (\(payment.id), \(payment.orderID), \(payment.demandID), \(payment.gateway.rawValue),
                \(payment.merchantAccount), \(payment.state), \(payment.amount.minorUnits), \(payment.amount.currency), \(Int32(clamping: payment.attempt)),
                \(payment.successURL), \(payment.cancelURL), \(payment.sessionExpiresAt), \(payment.createdAt),
                \(payment.updatedAt))
            ON CONFLICT (demand_id, gateway) WHERE state IN ('created', 'pending', 'authorised') DO NOTHING
            RETURNING EXISTS (SELECT FROM payments AS rival WHERE rival.demand_id = payments.demand_id
                AND rival.gateway <> payments.gateway AND rival.state IN ('created', 'pending', 'authorised'))
            """, as: Bool.self)
    }

    /// - Returns: false where the gateway's payment is on record.
    func insertCaptured(_ payment: Payment, in work: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await work.execute(
            """
            INSERT INTO payments (id, order_id, demand_id, gateway, merchant_account, state, amount_minor, currency, settlement,
                attempt, reference, success_url, cancel_url, session_expires_at, conflict, unclaimed_reason, report, created_at,
                updated_at, captured_at)
            VALUES (\(payment.id), \(payment.orderID), \(payment.demandID), \(payment.gateway.rawValue),
                \(payment.merchantAccount), \(payment.state), \(payment.amount.minorUnits), \(payment.amount.currency),
                \(payment.settlement?.rawValue), \(Int32(clamping: payment.attempt)), \(payment.reference),
                \(payment.successURL), \(payment.cancelURL), \(payment.sessionExpiresAt), \(payment.conflict),
                \(payment.unclaimedReason?.rawValue), \(payment.report), \(payment.createdAt), \(payment.updatedAt),
                \(payment.capturedAt))
            ON CONFLICT ON CONSTRAINT payments_reference_unique DO NOTHING
            """) == 1
    }

    /// Writes what may change of a locked row and counts its version up.
    func update(_ payment: Payment, in work: some PostgresExecutor) async throws(PostgresError) {
        try await work.deferUpdate(
            """
            UPDATE payments SET state = \(payment.state), refunded_minor = \(payment.refunded.minorUnits),
                settlement = \(payment.settlement?.rawValue), attempt = \(Int32(clamping: payment.attempt)),
                session_reference = \(payment.sessionReference), reference = \(payment.reference),
                redirect_url = \(payment.redirectURL), session_expires_at = \(payment.sessionExpiresAt),
                conflict = \(payment.conflict), dispute_state = \(payment.disputeState),
                dispute_stated_at = \(payment.disputeStatedAt), report = \(payment.report),
                unclaimed_reason = \(payment.unclaimedReason?.rawValue),
                version = version + 1, updated_at = \(payment.updatedAt), captured_at = \(payment.capturedAt)
            WHERE id = \(payment.id)
            """)
    }
}

extension Payment: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let currency: Currency = try row.decode("currency")
        let attempt: Int32 = try row.decode("attempt")
        let settlement: String? = try row.decode("settlement")
        let unclaimedReason: String? = try row.decode("unclaimed_reason")
        self.init(
            id: try row.decode("id"), orderID: try row.decode("order_id"), demandID: try row.decode("demand_id"),
            gateway: GatewayName(rawValue: try row.decode("gateway")),
            merchantAccount: try row.decode("merchant_account"), state: try row.decode("state"),
            amount: Money(minorUnits: try row.decode("amount_minor"), currency: currency),
            refunded: Money(minorUnits: try row.decode("refunded_minor"), currency: currency),
            settlement: settlement.flatMap(Settlement.init(rawValue:)),
            unclaimedReason: unclaimedReason.flatMap(UnclaimedReason.init(rawValue:)),
            supersededAt: try row.decode("superseded_at"), attempt: Int(attempt),
            sessionReference: try row.decode("session_reference"), reference: try row.decode("reference"),
            redirectURL: try row.decode("redirect_url"), successURL: try row.decode("success_url"),
            cancelURL: try row.decode("cancel_url"), sessionExpiresAt: try row.decode("session_expires_at"),
            conflict: try row.decode("conflict"), disputeState: try row.decode("dispute_state"),
            disputeStatedAt: try row.decode("dispute_stated_at"),
            report: try row.decode("report"), version: try row.decode("version"),
            createdAt: try row.decode("created_at"), updatedAt: try row.decode("updated_at"),
            capturedAt: try row.decode("captured_at"))
    }
}
