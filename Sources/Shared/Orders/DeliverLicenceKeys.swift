import Catalog
package import Core
import Foundation
import Inventory
package import Jobs
import Vendors

/// Gives each licence line of a paid order its keys and tells the customer and the vendors.
package struct DeliverLicenceKeys: Sendable {
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
    package func callAsFunction(_ job: DeliverKeys, in scope: some WorkScope) async throws {
        try await scope.withUnitOfWork { work in
            guard let locked = try await locks.lockWithLines(job.orderID, in: work), locked.order.state.isPaid else {
                return
            }
            let (order, lines) = (locked.order, locked.lines)
            let open = lines.filter { $0.kind == .licenceKey && $0.fulfilledAt == nil }
            guard !open.isEmpty else { return }
            let now = clock.now.roundedToMicroseconds
            let demands = open.map { KeyDemand(line: $0.id.uuid, variant: $0.variant, quantity: $0.quantity) }
            let served = try await keys.assign(demands, at: now, in: work)
            let delivered = open.filter { served.contains($0.id.uuid) }
            let short = open.filter { !served.contains($0.id.uuid) }
            let isComplete = short.isEmpty && !lines.contains { $0.kind == .physical && $0.fulfilledAt == nil }
            try await record(delivered, of: order, isComplete: isComplete, at: now, in: work)
            try await audit.append(entries(order.id, delivered: delivered, short: short), in: work)
            try enqueueNews(of: delivered, order: order.id, in: work)
            if !short.isEmpty { try enqueueRepetition(of: job, in: work) }
        }
    }

    private func record(
        _ delivered: [OrderLine], of order: Order, isComplete: Bool, at now: Date, in work: UnitOfWork
    ) async throws {
        guard !delivered.isEmpty else { return }
        try await store.markFulfilled(delivered.map(\.id), at: now, in: work)
        let events = delivered.map { OrderEvent(.keyAssigned, reference: $0.id.description, at: now) }
        try await OrderTimeline().append(events, to: order.id, in: work)
        if isComplete {
            try await store.move(
                order.id, to: order.state.applying(.fulfil), OrderEvent(.fulfilled, at: now), in: work)
        }
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

    private func enqueueNews(of delivered: [OrderLine], order: ID<Order>, in work: UnitOfWork) throws {
        guard !delivered.isEmpty else { return }
        try work.enqueue(OrderDelivered(orderID: order))
        for vendor in Set(delivered.map(\.vendor)).sorted() {
            try work.enqueue(VendorSale(orderID: order, vendorID: vendor))
        }
    }

    private func enqueueRepetition(of job: DeliverKeys, in work: UnitOfWork) throws {
        let shortages = min(max(job.shortages ?? 0, 0), 1_000) + 1
        let delay = min(30 * pow(2, Double(min(shortages - 1, 10))), 3600)
        try work.enqueue(
            DeliverKeys(orderID: job.orderID, shortages: shortages), runAt: clock.now.addingTimeInterval(delay))
    }
}
