package import Core
package import Foundation
import Identity
package import Orders
package import Postgres

/// A payment as whoever made it sees it.
package struct OwnPayment: Sendable, IdentifiedByTypeID {
    package static let typePrefix = Payment.typePrefix

    package let payment: Payment
    package let orderNumber: String

    package var id: ID<Payment> { payment.id }

    package init(payment: Payment, orderNumber: String) {
        self.payment = payment
        self.orderNumber = orderNumber
    }
}

/// What a receipt tells: what was paid for what, and what went back.
package struct PaymentReceipt: Sendable {
    package let own: OwnPayment
    package let order: OrderWithLines
    /// The earliest first.
    package let refunds: [Refund]

    package init(own: OwnPayment, order: OrderWithLines, refunds: [Refund]) {
        self.own = own
        self.order = order
        self.refunds = refunds
    }
}

/// The payments of one customer's orders.
package struct OwnPaymentStore: Sendable {
    package init() {}

    private static let source = """
        (SELECT payments.*, 'H' || orders.number AS order_number FROM payments JOIN orders ON orders.id = payments.order_id
            WHERE orders.customer_id = $1) AS own
        """

    /// A page of them, newest first.
    package func payments(
        of account: UUID, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<OwnPayment> {
        try await page.newestFirst("own_payments", by: \.id) { before, limit in
            let older = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
            return try await executor.query(
                PostgresStatement(
                    sql: """
                        SELECT \(PaymentStore.columns), order_number FROM \(Self.source) WHERE \(older)
                        ORDER BY id DESC LIMIT $3
                        """,
                    parameters: [account, before, limit]),
                as: OwnPayment.self)
        }
    }

    /// - Returns: nil where it is none of theirs.
    package func receipt(
        for id: ID<Payment>, of account: UUID, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PaymentReceipt? {
        let own = try await executor.queryOne(
            PostgresStatement(
                sql: "SELECT \(PaymentStore.columns), order_number FROM \(Self.source) WHERE id = $2",
                parameters: [account, id]),
            as: OwnPayment.self)
        guard let own,
            let order = try await OrderStore().orderWithLines(
                own.payment.orderID, visibleTo: .customer(account), in: executor)
        else { return nil }
        return PaymentReceipt(
            own: own, order: order, refunds: try await RefundStore().refunds(of: id, in: executor))
    }
}

extension OwnPayment: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(payment: try Payment(row: row), orderNumber: try row.decode("order_number"))
    }
}
