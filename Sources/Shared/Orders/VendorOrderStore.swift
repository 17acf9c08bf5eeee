package import Core
package import Foundation
package import Identity
package import Postgres
package import Vendors

/// A vendor's part of an order, with what a list shows of its order.
package struct ListedVendorOrder: Hashable, Sendable {
    package let part: VendorOrder
    package let order: ID<Order>
    /// Whether all of the order's money has arrived and not all of it was given back.
    package let isPaid: Bool
    /// Whether it is to be shipped before that, as it is paid on delivery.
    package let isConfirmed: Bool
    package let placedAt: Date

    package init(part: VendorOrder, order: ID<Order>, isPaid: Bool, isConfirmed: Bool = false, placedAt: Date) {
        self.part = part
        self.order = order
        self.isPaid = isPaid
        self.isConfirmed = isConfirmed
        self.placedAt = placedAt
    }
}

/// A vendor's part of an order with what its vendor has to know, and nothing of other vendors' parts.
package struct VendorOrderDetails: Hashable, Sendable {
    package let listed: ListedVendorOrder
    package let lines: [OrderLine]
    package let adjustments: [OrderAdjustment]
    /// nil before the order is paid or confirmed, and where nothing is shipped.
    package let shippingAddress: ShippingAddress?

    package init(
        listed: ListedVendorOrder, lines: [OrderLine], adjustments: [OrderAdjustment], shippingAddress: ShippingAddress?
    ) {
        self.listed = listed
        self.lines = lines
        self.adjustments = adjustments
        self.shippingAddress = shippingAddress
    }
}

/// All SQL that reads vendors' parts of orders by themselves.
package struct VendorOrderStore: Sendable {
    package init() {}

    /// A page of them, the newest first.
    package func vendorOrders(
        in state: FulfilmentState? = nil, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<ListedVendorOrder> {
        try await page.newestFirst("vendor_orders", by: \.part.id) { before, limit in
            try await executor.query(
                VendorOrderSQL.list(state: state, visibleTo: visibility, before: before, limit: limit),
                as: ListedVendorOrder.self)
        }
    }

    /// One of them with its own lines, or nil.
    package func details(
        _ id: ID<VendorOrder>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> VendorOrderDetails? {
        let statement = VendorOrderSQL.one(id, visibleTo: visibility)
        guard let listed = try await executor.queryOne(statement, as: ListedVendorOrder.self),
            let whole = try await OrderStore().orderWithLines(listed.order, visibleTo: .everything, in: executor)
        else { return nil }
        return VendorOrderDetails(
            listed: listed, lines: whole.lines.filter { $0.vendorOrder == id },
            adjustments: whole.adjustments.filter { $0.target.vendorOrder == id },
            shippingAddress: listed.isPaid || listed.isConfirmed ? whole.order.shippingAddress : nil)
    }

    /// Which parts these orders have.
    package func parts(
        of orders: [ID<Order>], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [OrderPart] {
        try await executor.query(
            "SELECT id, order_id, vendor_id FROM vendor_orders WHERE order_id = ANY(\(orders)) ORDER BY id",
            as: OrderPart.self)
    }
}

/// Whose part of an order a vendor order is.
package struct OrderPart: Hashable, Sendable, PostgresRowDecodable {
    package let id: ID<VendorOrder>
    package let order: ID<Order>
    package let vendor: ID<Vendor>

    package init(id: ID<VendorOrder>, order: ID<Order>, vendor: ID<Vendor>) {
        self.id = id
        self.order = order
        self.vendor = vendor
    }

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(id: try row.decode("id"), order: try row.decode("order_id"), vendor: try row.decode("vendor_id"))
    }
}

extension ListedVendorOrder: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let sequence: Int32 = try row.decode("sequence")
        let currency: Currency = try row.decode("currency")
        order = try row.decode("order_id")
        part = VendorOrder(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"),
            number: VendorOrder.number(order: Order.number(try row.decode("number")), sequence: Int(sequence)),
            fulfilmentState: try row.decode("fulfilment_state"),
            total: Money(minorUnits: try row.decode("total_minor"), currency: currency),
            taxation: try VendorTaxation(row: row), delivery: try VendorDelivery(row: row))
        isPaid = try row.decode("is_paid")
        isConfirmed = try row.decode("is_confirmed")
        placedAt = try row.decode("placed_at")
    }
}

enum VendorOrderSQL {
    static let selection = """
        SELECT part.id, part.order_id, part.vendor_id, part.sequence, part.fulfilment_state, part.currency, part.total_minor,
            part.tax_registration_id, part.tax_registration_kind, part.supply_country, part.supply_region, part.document_due,
            \(VendorDelivery.columns), orders.confirmed_at IS NOT NULL AND orders.state <> 'cancelled' AS is_confirmed,
            orders.number, orders.placed_at, orders.paid_at IS NOT NULL AND orders.payment_state <> 'refunded' AS is_paid
        FROM vendor_orders AS part JOIN orders ON orders.id = part.order_id
        """

    static func one(_ id: ID<VendorOrder>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: "\(selection) WHERE part.id = $1 AND \(visibility.condition("$2", vendor: "part.vendor_id = $2"))",
            parameters: [id, visibility.subject])
    }

    static func list(
        state: FulfilmentState?, visibleTo visibility: Visibility, before: ID<VendorOrder>?, limit: Int
    ) -> PostgresStatement {
        let inState = OptionalFilter.equals("part.fulfilment_state", state)
        let fromCursor = OptionalFilter.condition("part.id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                \(selection) WHERE \(inState) AND \(fromCursor)
                    AND \(visibility.condition("$3", vendor: "part.vendor_id = $3"))
                ORDER BY part.id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject])
    }
}
