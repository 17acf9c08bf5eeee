package import Core
import Foundation
import Orders
package import Postgres

/// The attempts of a demand.
extension PaymentStore {
    /// Whether other gateways may still bring money for the same demand.
    func hasRivals(_ payment: Payment, in executor: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            """
            SELECT EXISTS (SELECT FROM payments WHERE demand_id = \(payment.demandID) AND id <> \(payment.id)
                AND state IN ('created', 'pending', 'authorised'))
            """, as: Bool.self) ?? false
    }

    /// From now on the customer pays through this one; the demand's other open payments are to be closed. Locks all of them, in the
    /// order of their ids.
    func supersede(
        rivalsOf payment: Payment, at now: Date, in work: some PostgresExecutor
    ) async throws(PostgresError) {
        try await work.execute(
            """
            WITH attempts AS (
                SELECT id FROM payments WHERE demand_id = \(payment.demandID) AND state IN ('created', 'pending', 'authorised')
                ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE payments SET superseded_at = CASE WHEN payments.id <> \(payment.id) THEN coalesce(superseded_at, \(now)) END
            FROM attempts WHERE payments.id = attempts.id
            """)
    }

    /// A demand's payments that may still bring money, newest first.
    func open(
        for demand: ID<PaymentDemand>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Payment] {
        try await executor.query(
            """
            SELECT \(unescaped: Self.columns) FROM payments
            WHERE demand_id = \(demand) AND state IN ('created', 'pending', 'authorised') ORDER BY id DESC
            """, as: Payment.self)
    }

    /// Whether a payment has satisfied a demand.
    func isPaid(_ demand: ID<PaymentDemand>, in executor: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            "SELECT EXISTS (SELECT FROM payments WHERE demand_id = \(demand) AND settlement = 'order')", as: Bool.self)
            ?? false
    }

    /// A page of what somebody has to look at, newest first.
    package func conflicts(
        through gateway: GatewayName?, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<Payment> {
        try await page.newestFirst("payment_conflicts", by: \.id) { before, limit in
            let older = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
            let through = OptionalFilter.condition("gateway = $2", "$2::text", isSet: gateway != nil)
            return try await executor.query(
                PostgresStatement(
                    sql: """
                        SELECT \(Self.columns) FROM payments
                        WHERE conflict IS NOT NULL AND \(older) AND \(through) ORDER BY id DESC LIMIT $3
                        """,
                    parameters: [before, gateway?.rawValue, limit]),
                as: Payment.self)
        }
    }
}
