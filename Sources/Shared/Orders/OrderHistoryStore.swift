import Core
import Foundation
package import Postgres
package import Shipping

/// What a customer's earlier orders tell.
package struct PastOrders: Hashable, Sendable {
    /// Whether they have none that was not given up.
    package let isFirstOrder: Bool
    package let cash: CashOnDeliveryHistory

    package init(isFirstOrder: Bool, cash: CashOnDeliveryHistory) {
        self.isFirstOrder = isFirstOrder
        self.cash = cash
    }

    static let none = PastOrders(isFirstOrder: true, cash: CashOnDeliveryHistory())
}

/// All SQL that looks at what a customer has ordered before.
struct OrderHistoryStore: Sendable {
    /// Their last orders, so many by each of account, address and number.
    private static let most = 200

    /// One statement; none for somebody of whom nothing is known.
    func past(
        of buyer: OrderWish.Buyer, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PastOrders {
        guard buyer.account != nil || buyer.email != nil || buyer.phone != nil else { return .none }
        let columns = "id, state, fulfilment_state, payment_method, captured_minor"
        let statement = PostgresStatement(
            sql: """
                SELECT count(*) FILTER (WHERE state NOT IN ('cancelled', 'expired')) AS placed,
                    count(*) FILTER (WHERE fulfilment_state = 'delivered') AS received,
                    count(*) FILTER (WHERE fulfilment_state = 'returned' AND payment_method = 'cash_on_delivery'
                        AND captured_minor = 0) AS refused
                FROM (
                    (SELECT \(columns) FROM orders WHERE customer_id = $1 ORDER BY id DESC LIMIT $4)
                    UNION (SELECT \(columns) FROM orders WHERE lower(email COLLATE "C") = $2 ORDER BY id DESC LIMIT $4)
                    UNION (SELECT \(columns) FROM orders WHERE phone = $3 ORDER BY id DESC LIMIT $4)
                ) AS known
                """,
            parameters: [buyer.account, buyer.email?.comparisonKey, buyer.phone?.rawValue, Self.most])
        guard let row = try await executor.queryOne(statement, columns: (Int64, Int64, Int64).self) else {
            return .none
        }
        return PastOrders(
            isFirstOrder: row.0 == 0, cash: CashOnDeliveryHistory(refusals: Int(row.2), received: Int(row.1)))
    }
}
