import Core
package import Foundation
package import Identity
package import Jobs
import Postgres

/// What payments tell of those who made them. What gateways have said, and were told, is evidence, and is dropped with its partition.
package struct PaymentPersonalData: PersonalDataKeeper {
    package init() {}

    package var sections: [PersonalDataSection] {
        [
            PersonalDataSection("payments") { subject, after, limit in
                """
                SELECT payment.id, jsonb_build_object('order_number', 'H' || orders.number, 'gateway', payment.gateway,
                    'state', payment.state, 'amount_minor', payment.amount_minor, 'currency', payment.currency,
                    'refunded_minor', payment.refunded_minor, 'created_at', payment.created_at,
                    'captured_at', payment.captured_at)
                FROM orders JOIN payments AS payment ON payment.order_id = orders.id
                WHERE orders.id IN (SELECT orders_of_person(\(subject.account), \(subject.email?.comparisonKey)))
                    AND payment.id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
                ORDER BY payment.id LIMIT \(limit)
                """
            }
        ]
    }

    package func holds(on subject: DataSubject, in work: UnitOfWork) async throws -> [ErasureHold] {
        let pending = try await work.queryValue(
            """
            SELECT count(*) FROM orders JOIN refunds AS refund ON refund.order_id = orders.id
            WHERE refund.state IN ('requested', 'awaiting_transfer', 'pending')
                AND orders.id IN (SELECT orders_of_person(\(subject.account), \(subject.email?.comparisonKey)))
            """, as: Int.self)
        guard let pending, pending > 0 else { return [] }
        return [
            ErasureHold(code: "open_refunds", message: "Money is on its way back to you: wait until it has arrived")
        ]
    }

    package func forget(_ subject: DataSubject, at time: Date, in work: UnitOfWork) async throws {}
}
