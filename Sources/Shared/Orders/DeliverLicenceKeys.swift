import Catalog
package import Core
import Foundation
import Inventory
package import Jobs
import Vendors

/// Gives each licence line of a paid order its keys.
package struct DeliverLicenceKeys: Sendable {
    /// Assigns the keys of a paid order.
    package struct Job: JobPayload, Hashable {
        package static let kind = "orders.deliver_keys"
        package static let queue = QueueName.delivery

        package let orderID: ID<Order>
        /// How often keys were lacking before.
        package let shortages: Int?

        package init(orderID: ID<Order>, shortages: Int? = nil) {
            self.orderID = orderID
            self.shortages = shortages
        }
    }

    private let store = OrderStore()
    private let locks = OrderLocks()
    private let keys = LicenceKeyStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// Every line gets exactly the number that was bought, once, however often this runs.
    ///
    /// Where the pool lacks keys (somebody revoked keys that were sold), the other lines are delivered, the shortage is put
    /// on record and the delivery repeated later.
    /// - Returns: the lines that still lack keys.
    @discardableResult
    package func callAsFunction(_ job: Job, in work: UnitOfWork) async throws -> [ID<OrderLine>] {
        guard let locked = try await locks.lockWithLines(job.orderID, in: work), locked.order.isPaid,
            locked.order.state == .open
        else { return [] }
        let order = locked.order
        let open = locked.lines.filter(\.isUndeliveredKey)
        guard !open.isEmpty else { return [] }
        let now = clock.now.roundedToMicroseconds
        let demands = open.map { KeyDemand(line: $0.id.uuid, variant: $0.variant, quantity: $0.quantity) }
        let served = try await keys.assign(demands, at: now, in: work)
        let delivered = open.filter { served.contains($0.id.uuid) }
        let short = open.filter { !served.contains($0.id.uuid) }
        if !delivered.isEmpty {
            try await store.deliver(delivery(of: delivered, within: locked, at: now), of: order.id, in: work)
        }
        try await audit.append(entries(order.id, delivered: delivered, short: short), in: work)
        try publish(delivered, of: order.id, in: work)
        if !short.isEmpty { try await putOff(short, of: order.id, job, at: now, in: work) }
        return short.map(\.id)
    }

    private func delivery(
        of delivered: [OrderLine], within contents: OrderWithLines, at now: Date
    ) throws -> OrderDelivery {
        let touched = Set(delivered.map(\.id))
        let lines = contents.lines.map { touched.contains($0.id) ? $0.delivered(at: now) : $0 }
        let parts = Set(delivered.map(\.vendorOrder))
        let progress = FulfilmentState(of: lines)
        let isDone = progress == .delivered
        let handedOver = delivered.map { OrderEvent(.keyAssigned, reference: $0.id.description, at: now) }
        return OrderDelivery(
            lines: delivered.map(\.id),
            vendorOrders: parts.map { part in (part, FulfilmentState(of: lines.filter { $0.vendorOrder == part })) },
            fulfilmentState: progress,
            state: isDone ? try contents.order.state(after: .complete) : contents.order.state,
            at: now, events: handedOver + (isDone ? [OrderEvent(.delivered, at: now)] : []))
    }

    private func entries(_ order: ID<Order>, delivered: [OrderLine], short: [OrderLine]) -> [AuditEntry] {
        func entry(_ action: String, _ lines: [OrderLine]) -> [AuditEntry] {
            guard !lines.isEmpty else { return [] }
            let payload = lines.map { line -> JSONValue in
                ["line_id": .string(line.id.description), "quantity": .integer(line.quantity)]
            }
            return [AuditEntry(actor: .system, action: action, subject: order, payload: ["lines": .array(payload)])]
        }
        return entry("order.keys_assigned", delivered) + entry("order.keys_short", short)
    }

    private func publish(_ delivered: [OrderLine], of order: ID<Order>, in work: UnitOfWork) throws {
        guard !delivered.isEmpty else { return }
        try work.publish(LicenceKeysAssigned(orderID: order, vendors: Set(delivered.map(\.vendor)).sorted()))
    }

    private func putOff(
        _ short: [OrderLine], of order: ID<Order>, _ job: Job, at now: Date, in work: UnitOfWork
    ) async throws {
        try await OrderTimeline().append([OrderEvent(.awaitingKeys, at: now)], to: order, in: work)
        if job.shortages == nil {
            try work.publish(LicenceKeysLacking(orderID: order, vendors: Set(short.map(\.vendor)).sorted()))
        }
        let shortages = min(max(job.shortages ?? 0, 0), 1_000) + 1
        let delay = min(30 * pow(2, Double(min(shortages - 1, 10))), 3600)
        try work.enqueue(
            Job(orderID: job.orderID, shortages: shortages), runAt: clock.now.addingTimeInterval(delay))
    }
}
