package import Core
package import Foundation
package import Orders
import Postgres

/// Who has taken a customer's cash, and owes it.
package enum CashCollector: Hashable, Sendable {
    case courier
    /// One who delivers what they sell themselves.
    case vendor(String)

    var name: String {
        switch self {
        case .courier: "courier"
        case .vendor: "vendor"
        }
    }

    var vendor: String? {
        if case .vendor(let id) = self { return id }
        return nil
    }
}

/// What somebody says to have collected at a customer's door.
package struct NewCashCollection: Sendable, Hashable {
    /// How whoever collects calls the collection, such as the parcel's number.
    package static let reference = TextRule(1...100, .line)

    package let order: ID<Order>
    package let amount: Money
    package let reference: String
    package let collector: CashCollector
    package let collectedAt: Date

    package init(order: ID<Order>, amount: Money, reference: String, collector: CashCollector, collectedAt: Date) {
        self.order = order
        self.amount = amount
        self.reference = reference
        self.collector = collector
        self.collectedAt = collectedAt
    }
}

/// All SQL on what was collected. What was said stays, whatever came of it.
struct CashCollectionStore: Sendable {
    func insert(
        _ new: NewCashCollection, _ id: UUID, of payment: ID<Payment>, by actor: AuditActor, at now: Date,
        in work: some PostgresExecutor
    ) async throws(PostgresError) {
        try await work.execute(
            """
            INSERT INTO cash_collections (id, payment_id, order_id, amount_minor, currency, reference, collected_by, vendor_id,
                collected_at, reported_by, recorded_at)
            VALUES (\(id), \(payment), \(new.order), \(new.amount.minorUnits), \(new.amount.currency), \(new.reference),
                \(new.collector.name), \(new.collector.vendor), \(new.collectedAt), \(actor.rawValue), \(now))
            """)
    }
}
