package import Core
import Foundation
package import Identity
package import Postgres

/// All SQL on the `refunds` table. Writers hold the payment's lock.
package struct RefundStore: Sendable {
    package init() {}

    private static let columns =
        """
        id, payment_id, order_id, origin, reason, amount_minor, currency, state, reference, failure_reason, order_refund_id,
        requested_by, confirmed_by, created_at, attempt
        """

    /// The refund, or nil.
    package func refund(
        _ id: ID<Refund>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Refund? {
        try await executor.queryOne(
            PostgresStatement(
                sql: "SELECT \(Self.columns) FROM refunds WHERE id = $1 AND \(visibility.ofPayments("order_id"))",
                parameters: [id, visibility.subject]),
            as: Refund.self)
    }

    /// All of a payment, oldest first.
    package func refunds(
        of paymentID: ID<Payment>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Refund] {
        try await executor.query(
            "SELECT \(unescaped: Self.columns) FROM refunds WHERE payment_id = \(paymentID) ORDER BY id",
            as: Refund.self)
    }

    /// A page of a payment's refunds, the newest first.
    package func refunds(
        of paymentID: ID<Payment>, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<Refund> {
        try await page.newestFirst(
            "refunds", Self.columns, where: "payment_id", is: paymentID.uuid, by: \.id, visibleTo: visibility,
            in: executor)
    }

    /// By which the money for units of orders goes.
    package func refunds(
        of orderRefunds: [ID<OrderRefund>], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Refund] {
        try await executor.query(
            "SELECT \(unescaped: Self.columns) FROM refunds WHERE order_refund_id = ANY(\(orderRefunds)) ORDER BY id",
            as: Refund.self)
    }

    /// The sum of what has been asked for, or is to be, and has no end yet.
    func underway(
        of paymentID: ID<Payment>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Int64 {
        try await executor.queryValue(
            """
            SELECT coalesce(sum(amount_minor), 0)::int8 FROM refunds
            WHERE payment_id = \(paymentID) AND state IN ('requested', 'awaiting_transfer', 'pending')
            """, as: Int64.self) ?? 0
    }

    /// A page of those that a person has to make by hand, the newest first.
    package func awaitingTransfer(
        page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<AwaitedTransfer> {
        try await page.newestFirst("awaited_transfers", by: \.id) { before, limit in
            let older = OptionalFilter.condition("refund.id < $1", "$1::uuid", isSet: before != nil)
            return try await executor.query(
                PostgresStatement(
                    sql: """
                        SELECT \(Self.columns(of: "refund")), payment.gateway, payment.reference AS payment_reference,
                            payment.session_reference
                        FROM refunds AS refund JOIN payments AS payment ON payment.id = payment_id
                        WHERE refund.state = 'awaiting_transfer' AND \(older) ORDER BY refund.id DESC LIMIT $2
                        """,
                    parameters: [before, limit]),
                as: AwaitedTransfer.self)
        }
    }

    private static func columns(of table: String) -> String {
        columns.split(separator: ",").map { "\(table).\($0.trimmingPrefix(while: \.isWhitespace))" }
            .joined(separator: ", ")
    }

    /// Those of a payment that a person has to make by hand.
    func awaitingTransfer(
        of paymentID: ID<Payment>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Refund] {
        try await executor.query(
            """
            SELECT \(unescaped: Self.columns) FROM refunds
            WHERE payment_id = \(paymentID) AND state = 'awaiting_transfer' ORDER BY id
            """, as: Refund.self)
    }

    /// The payments with a refund that a person has to make by hand, those that wait longest first.
    func paymentsAwaitingTransfer(
        through gateways: [GatewayName], limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Payment>] {
        try await executor.queryValues(
            """
            SELECT payment_id FROM refunds AS refund JOIN payments AS payment ON payment.id = payment_id
            WHERE refund.state = 'awaiting_transfer' AND gateway = ANY (\(gateways.map(\.rawValue)))
            GROUP BY payment_id ORDER BY min(refund.created_at) LIMIT \(Int32(clamping: limit))
            """, as: ID<Payment>.self)
    }

    /// The refund that a statement is about: ours by its echoed id, else one known by the gateway's id.
    func find(
        _ report: RefundReport, of paymentID: ID<Payment>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Refund? {
        try await executor.queryOne(
            """
            SELECT \(unescaped: Self.columns) FROM refunds
            WHERE payment_id = \(paymentID) AND (id = \(report.refundID) OR reference = \(report.reference))
            ORDER BY (reference = \(report.reference)) IS TRUE DESC LIMIT 1
            """, as: Refund.self)
    }

    /// - Returns: false where the payment already has its automatic refund.
    func insert(_ refund: Refund, in work: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await work.execute(
            """
            INSERT INTO refunds (id, payment_id, order_id, origin, reason, amount_minor, currency, state, reference, order_refund_id,
                requested_by, created_at, updated_at)
            VALUES (\(refund.id), \(refund.paymentID), \(refund.orderID), \(refund.origin.rawValue),
                \(refund.reason), \(refund.amount.minorUnits), \(refund.amount.currency), \(refund.state), \(refund.reference),
                \(refund.orderRefund), \(refund.requestedBy?.rawValue), \(refund.createdAt), \(refund.createdAt))
            ON CONFLICT (payment_id) WHERE origin = 'automatic' DO NOTHING
            """) == 1
    }

    /// From now on the refund is asked for under a new idempotency key; nothing where that was decided already.
    func startNextAttempt(
        of refund: Refund, in executor: some PostgresExecutor
    ) async throws(PostgresError) {
        try await executor.execute(
            """
            UPDATE refunds SET attempt = attempt + 1, version = version + 1
            WHERE id = \(refund.id) AND attempt = \(Int32(clamping: refund.attempt))
            """)
    }

    /// Notes who says that the transfer was made.
    func confirm(_ id: ID<Refund>, by actor: AuditActor, in work: some PostgresExecutor) async throws(PostgresError) {
        try await work.execute(
            "UPDATE refunds SET confirmed_by = \(actor.rawValue), version = version + 1 WHERE id = \(id)")
    }

    func update(
        _ refund: Refund, report: JSONValue, at now: Date, in work: some PostgresExecutor
    ) async throws(PostgresError) {
        try await work.pipeline(
            """
            UPDATE refunds SET state = \(refund.state), reference = \(refund.reference),
                failure_reason = \(refund.failureReason), confirmed_by = \(refund.confirmedBy?.rawValue), report = \(report), version = version + 1, updated_at = \(now)
            WHERE id = \(refund.id)
            """)
    }
}

extension Refund: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let origin: String = try row.decode("origin")
        let attempt: Int32 = try row.decode("attempt")
        let requestedBy: String? = try row.decode("requested_by")
        let confirmedBy: String? = try row.decode("confirmed_by")
        guard let origin = Origin(rawValue: origin) else { throw .decoding("\(origin) is not a refund's origin") }
        self.init(
            id: try row.decode("id"), paymentID: try row.decode("payment_id"), orderID: try row.decode("order_id"),
            origin: origin, reason: try row.decode("reason"),
            amount: Money(minorUnits: try row.decode("amount_minor"), currency: try row.decode("currency")),
            state: try row.decode("state"), reference: try row.decode("reference"),
            failureReason: try row.decode("failure_reason"), orderRefund: try row.decode("order_refund_id"),
            requestedBy: requestedBy.map(AuditActor.init(rawValue:)),
            confirmedBy: confirmedBy.map(AuditActor.init(rawValue:)),
            createdAt: try row.decode("created_at"), attempt: Int(attempt))
    }
}

/// A refund that a person has to make by hand, and by which names the gateway's panel knows its payment.
package struct AwaitedTransfer: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = Refund.typePrefix

    package let refund: Refund
    package let gateway: GatewayName
    package let paymentReference: String?
    package let sessionReference: String?

    package init(refund: Refund, gateway: GatewayName, paymentReference: String?, sessionReference: String?) {
        self.refund = refund
        self.gateway = gateway
        self.paymentReference = paymentReference
        self.sessionReference = sessionReference
    }

    package var id: ID<AwaitedTransfer> { ID(uuid: refund.id.uuid) }
}

extension AwaitedTransfer: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            refund: try Refund(row: row), gateway: GatewayName(rawValue: try row.decode("gateway")),
            paymentReference: try row.decode("payment_reference"),
            sessionReference: try row.decode("session_reference"))
    }
}
