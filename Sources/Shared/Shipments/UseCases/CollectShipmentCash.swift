package import Core
import Foundation
package import Jobs
package import Logging
package import Orders
package import Payments
import Postgres

/// Turns what was collected with an order's shipments into the collection of its cash payment, once all of them have come to an end:
/// the payment is for the order, however many parcels bring it.
package struct CollectShipmentCash: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "shipments.collect_cash"
        package static let queue = QueueName.payments

        package let orderID: ID<Order>

        package init(orderID: ID<Order>) { self.orderID = orderID }
    }

    private let report: ReportCash

    package init(report: ReportCash) {
        self.report = report
    }

    /// Safe to repeat. What can't be told by itself is left to whoever reports cash by hand.
    /// - Returns: the payment as it stands afterwards; nil where there is nothing to report (yet).
    @discardableResult
    package func callAsFunction(_ job: Job, logger: Logger, in work: UnitOfWork) async throws -> Payment? {
        let shipments = try await ShipmentStore().shipments(of: job.orderID, in: work)
            .filter { $0.cod.minorUnits > 0 && $0.state != .cancelled }
        guard !shipments.isEmpty, shipments.allSatisfy(\.state.isFinished),
            try await PaymentDemandStore().demands(of: job.orderID, in: work).contains(where: \.isOpen)
        else { return nil }
        let delivered = shipments.filter(\.state.isDelivery)
        guard let last = delivered.max(by: { ($0.deliveredAt ?? $0.createdAt) < ($1.deliveredAt ?? $1.createdAt) })
        else { return nil }
        let collectors = Set(delivered.map(\.collector))
        guard let collector = collectors.first, collectors.count == 1,
            delivered.allSatisfy({ $0.collected != nil })
        else {
            logger.warning(
                "the cash of an order has to be reported by hand: its parcels were paid to several, or nobody says how much",
                metadata: ["order_id": "\(job.orderID)"])
            return nil
        }
        let amount = try delivered.compactMap(\.collected).total(in: last.cod.currency)
        guard amount.minorUnits > 0 else { return nil }
        return try await report.collected(
            NewCashCollection(
                order: job.orderID, amount: amount, reference: last.number, collector: collector,
                collectedAt: last.deliveredAt ?? last.stateSince), by: .courier(last.courier.rawValue), in: work)
    }
}

extension Shipment {
    fileprivate var collector: CashCollector { isOwnDelivery ? .vendor("\(vendor)") : .courier }
}
