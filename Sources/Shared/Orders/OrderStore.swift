package import Core
package import Foundation
package import Identity
package import Postgres
import Vendors

/// All SQL about orders, their parts and their lines.
package struct OrderStore: Sendable {
    package init() {}

    /// The order, or nil.
    package func order(
        _ id: ID<Order>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Order? {
        try await executor.queryOne(OrderSQL.one(id, visibleTo: visibility), as: Order.self)
    }

    /// The order with its lines, of which every order has at least one, or nil. One round trip.
    package func orderWithLines(
        _ id: ID<Order>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> OrderWithLines? {
        let statement = OrderSQL.withLines(id, visibleTo: visibility)
        return try OrderWithLines(rows: try await executor.query(statement, as: PostgresRow.self))
    }

    /// The order with its lines, demands and timeline, or nil.
    package func details(
        _ id: ID<Order>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> OrderDetails? {
        guard let contents = try await orderWithLines(id, visibleTo: visibility, in: executor) else { return nil }
        return OrderDetails(
            contents: contents, demands: try await PaymentDemandStore().demands(of: id, in: executor),
            timeline: try await OrderTimeline().events(of: id, in: executor))
    }

    /// A page of orders, the newest first.
    package func orders(
        _ filter: OrderFilter = OrderFilter(), page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<Order> {
        try await page.newestFirst("orders", by: \.id) { before, limit in
            try await executor.query(
                OrderSQL.list(filter, visibleTo: visibility, before: before, limit: limit), as: Order.self)
        }
    }

    /// Inserts the order with its parts, its demand and the first event of its timeline, and takes the customer's locks; the order
    /// as it is stored. One round trip.
    func insert(
        _ draft: OrderDraft, taking locks: [Int64] = [], in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Order {
        guard let stored = try await transaction.queryOne(OrderSQL.insert(draft, taking: locks), as: Order.self) else {
            throw .decoding("the inserted order did not come back")
        }
        return stored
    }

    /// Gives up a locked order that is not paid.
    func close(
        _ id: ID<Order>, as state: OrderState, _ event: OrderEvent, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(OrderSQL.close(id, as: state, event))
    }

    /// Notes what came of asking the customer of a locked order that is paid on delivery.
    /// - Parameter time: from when on it is to be shipped; nil where it is not yet.
    func confirm(
        _ id: ID<Order>, as answer: CashConfirmation, at time: Date?, _ event: OrderEvent,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(OrderSQL.confirm(id, as: answer, at: time, event))
    }

    /// Adds captured money to a locked order and tells its timeline.
    /// - Returns: false (and nothing changed) where the demand was satisfied before.
    func capture(
        _ capture: OrderCapture, of id: ID<Order>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.queryValue(OrderSQL.capture(capture, of: id), as: Bool.self) ?? false
    }

    /// Changes what gateways hold back for a locked order.
    package func authorise(
        _ change: Money, for id: ID<Order>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(OrderSQL.authorise(change, for: id))
    }

    /// Sets what has been sent back of a locked order, and its state, and tells its timeline.
    func refund(
        _ id: ID<Order>, refunded: Money, state: OrderState, _ event: OrderEvent,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(OrderSQL.refund(id, refunded: refunded, state: state, event))
    }

    /// Notes lines of a locked order as delivered, and what follows from that for its parts and itself.
    func deliver(
        _ delivery: OrderDelivery, of id: ID<Order>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.deferUpdate(OrderSQL.deliver(delivery, of: id))
    }
}

/// An order about to be inserted.
struct OrderDraft: Sendable {
    let id: ID<Order>
    let customer: Order.Customer
    let total: Money
    let shippingAddress: JSONValue?
    let accessTokenHash: [UInt8]
    let reservationExpiresAt: Date
    let placedAt: Date
    let paymentMethod: PaymentMethod
    let cashConfirmation: CashConfirmation?
    let confirmedAt: Date?
    let vendorOrders: [VendorOrderDraft]
    let lines: [OrderLine]
    let adjustments: [OrderAdjustment]
    /// None where there is nothing to pay.
    let demands: [PaymentDemand]
}

extension OrderDraft {
    /// The whole of it, once it is stored as `order`.
    func details(of order: Order) -> OrderDetails {
        let parts = vendorOrders.enumerated().map { index, part in
            VendorOrder(
                id: part.id, vendor: part.vendor, number: VendorOrder.number(order: order.number, sequence: index + 1),
                fulfilmentState: .unfulfilled, total: part.total, taxation: part.taxation,
                delivery: part.delivery)
        }
        return OrderDetails(
            contents: OrderWithLines(order: order, vendorOrders: parts, lines: lines, adjustments: adjustments),
            demands: demands, timeline: [OrderEvent(.ordered, at: placedAt)])
    }
}

/// A vendor's part of an order about to be inserted.
struct VendorOrderDraft: Sendable {
    let id: ID<VendorOrder>
    let vendor: ID<Vendor>
    let total: Money
    var taxation = VendorTaxation()
    var delivery = VendorDelivery()
}

/// Money that arrived for an order.
struct OrderCapture: Sendable {
    /// What it satisfies; nil where nothing had to be paid.
    let demand: ID<PaymentDemand>?
    let amount: Money
    /// The order's state afterwards.
    let state: OrderState
    /// Whether nothing is left to be paid.
    let isPaid: Bool
    /// Whether it is shipped before the rest of its money is there.
    let confirms: Bool
    let at: Date
    let events: [OrderEvent]
}

/// Goods that reached the customer.
struct OrderDelivery: Sendable {
    let lines: [ID<OrderLine>]
    /// Of every vendor order that changes.
    let vendorOrders: [(id: ID<VendorOrder>, state: FulfilmentState)]
    /// The order's afterwards.
    let fulfilmentState: FulfilmentState
    let state: OrderState
    let at: Date
    let events: [OrderEvent]
}
