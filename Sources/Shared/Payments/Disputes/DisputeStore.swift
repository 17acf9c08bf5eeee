package import Core
import Foundation
package import Identity
package import Postgres

/// All SQL on the `disputes` table. Writers hold the payment's lock.
package struct DisputeStore: Sendable {
    package init() {}

    private static let columns =
        """
        id, payment_id, order_id, reference, amount_minor, currency, status, taken_minor, returned_minor, lost_minor, revision,
        respond_by, stated_at, created_at
        """

    /// All of a payment, oldest first.
    package func disputes(
        of paymentID: ID<Payment>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Dispute] {
        try await executor.query(
            "SELECT \(unescaped: Self.columns) FROM disputes WHERE payment_id = \(paymentID) ORDER BY id",
            as: Dispute.self)
    }

    /// A page of a payment's disputes, the newest first.
    package func disputes(
        of paymentID: ID<Payment>, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<Dispute> {
        try await page.newestFirst(
            "disputes", Self.columns, where: "payment_id", is: paymentID.uuid, by: \.id, visibleTo: visibility,
            in: executor)
    }

    func find(
        _ reference: String, of paymentID: ID<Payment>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Dispute? {
        try await executor.queryOne(
            "SELECT \(unescaped: Self.columns) FROM disputes WHERE payment_id = \(paymentID) AND reference = \(reference)",
            as: Dispute.self)
    }

    /// What lost disputes took out of the payment's capture.
    func lost(of paymentID: ID<Payment>, in executor: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        try await executor.queryValue(
            "SELECT coalesce(sum(lost_minor), 0)::int8 FROM disputes WHERE payment_id = \(paymentID)", as: Int64.self)
            ?? 0
    }

    /// Those of a gateway that changed in a period.
    func list(
        through gateway: GatewayName, changedIn period: GatewayPeriod, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Dispute] {
        try await executor.query(
            """
            SELECT \(unescaped: Self.columns) FROM disputes WHERE updated_at >= \(period.start) AND updated_at < \(period.end)
                AND payment_id IN (SELECT id FROM payments WHERE gateway = \(gateway.rawValue)) ORDER BY id
            """, as: Dispute.self)
    }

    func save(
        _ dispute: Dispute, report: JSONValue, at now: Date, in work: some PostgresExecutor
    ) async throws(PostgresError) {
        try await work.pipeline(
            """
            INSERT INTO disputes (id, payment_id, order_id, reference, amount_minor, currency, status, taken_minor, returned_minor,
                lost_minor, revision, respond_by, stated_at, report, created_at, updated_at)
            VALUES (\(dispute.id), \(dispute.paymentID), \(dispute.orderID), \(dispute.reference),
                \(dispute.amount.minorUnits), \(dispute.amount.currency), \(dispute.status), \(dispute.funds.taken), \(dispute.funds.returned),
                \(dispute.lost), \(dispute.revision), \(dispute.respondBy), \(dispute.statedAt), \(report), \(dispute.createdAt), \(now))
            ON CONFLICT ON CONSTRAINT disputes_reference_unique DO UPDATE SET status = excluded.status,
                taken_minor = excluded.taken_minor, returned_minor = excluded.returned_minor,
                lost_minor = excluded.lost_minor, revision = excluded.revision,
                respond_by = excluded.respond_by, stated_at = excluded.stated_at,
                report = excluded.report, updated_at = excluded.updated_at
            """)
    }
}

extension Dispute: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), paymentID: try row.decode("payment_id"), orderID: try row.decode("order_id"),
            reference: try row.decode("reference"),
            amount: Money(minorUnits: try row.decode("amount_minor"), currency: try row.decode("currency")),
            status: try row.decode("status"),
            funds: DisputeFunds(taken: try row.decode("taken_minor"), returned: try row.decode("returned_minor")),
            lost: try row.decode("lost_minor"), revision: try row.decode("revision"),
            respondBy: try row.decode("respond_by"), statedAt: try row.decode("stated_at"),
            createdAt: try row.decode("created_at"))
    }
}
