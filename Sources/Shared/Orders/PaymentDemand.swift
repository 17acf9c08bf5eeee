package import Core
package import Foundation
package import Postgres

/// What has to be paid for an order: all at once, or in parts. At most one capture satisfies it.
package struct PaymentDemand: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "pdm"

    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
        case full, advance, balance
        /// What an edit of the order added.
        case topUp = "top_up"
    }

    package enum State: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
        case open, satisfied, cancelled
    }

    package let id: ID<PaymentDemand>
    package let kind: Kind
    package let state: State
    package let amount: Money
    package let createdAt: Date
    package let satisfiedAt: Date?

    package init(
        id: ID<PaymentDemand>, kind: Kind, state: State = .open, amount: Money, createdAt: Date,
        satisfiedAt: Date? = nil
    ) {
        self.id = id
        self.kind = kind
        self.state = state
        self.amount = amount
        self.createdAt = createdAt
        self.satisfiedAt = satisfiedAt
    }

    package var isOpen: Bool { state == .open }
}

/// All SQL that reads payment demands; they are written with their order.
package struct PaymentDemandStore: Sendable {
    package init() {}

    /// The order's demands, the earliest first.
    package func demands(
        of order: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [PaymentDemand] {
        try await executor.query(
            """
            SELECT id, kind, state, amount_minor, currency, created_at, satisfied_at FROM payment_demands
            WHERE order_id = \(order) ORDER BY id
            """, as: PaymentDemand.self)
    }
}

extension PaymentDemand: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), kind: try row.decode("kind"), state: try row.decode("state"),
            amount: Money(minorUnits: try row.decode("amount_minor"), currency: try row.decode("currency")),
            createdAt: try row.decode("created_at"), satisfiedAt: try row.decode("satisfied_at"))
    }
}
