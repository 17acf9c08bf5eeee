package import Core
import Foundation
package import Identity
import Media
import Orders
package import Postgres

/// All SQL about exports of orders.
package struct OrderExportStore: Sendable {
    package init() {}

    /// The export, or nil.
    package func find(
        _ id: ID<OrderExport>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> OrderExport? {
        try await executor.queryOne(OrderExportSQL.one(id, visibleTo: visibility), as: OrderExport.self)
    }

    /// A page of exports, the newest first.
    package func list(
        page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<OrderExport> {
        try await page.newestFirst("order_exports", by: \.id) { before, limit in
            try await executor.query(
                OrderExportSQL.list(visibleTo: visibility, before: before, limit: limit), as: OrderExport.self)
        }
    }

    /// The export, for as long as the transaction lasts nobody else's; or nil.
    func lock(
        _ id: ID<OrderExport>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> OrderExport? {
        try await transaction.queryOne(
            "SELECT \(unescaped: OrderExportSQL.columns) FROM order_exports WHERE id = \(id) FOR UPDATE",
            as: OrderExport.self)
    }

    /// Waits for the answer, which may be a constraint's refusal.
    func insert(_ new: OrderExport, in transaction: some PostgresExecutor) async throws(PostgresError) {
        let (filter, total) = (new.filter, new.filter.total)
        try await transaction.execute(
            """
            INSERT INTO order_exports (id, vendor_id, status, payment_state, placed_from, placed_before, tag_id, total_currency,
                total_from, total_to, created_by, created_at)
            VALUES (\(new.id), \(filter.vendor), \(filter.status), \(filter.paymentState), \(filter.placed.start),
                \(filter.placed.end), \(filter.tag), \(total?.currency.code), \(total?.minimum), \(total?.maximum),
                \(new.createdBy.rawValue), \(new.createdAt))
            """)
    }

    func update(_ one: OrderExport, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE order_exports SET state = \(one.state), media_id = \(one.media), orders = \(one.orders),
                problem = \(one.problem), finished_at = \(one.finishedAt), expires_at = \(one.expiresAt)
            WHERE id = \(one.id)
            """)
    }

    /// The ids of the orders that a filter means, after one, in the order in which they were placed.
    func orders(
        _ filter: OrderFilter, after id: ID<Order>?, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Order>] {
        var query = OrderFilterSQL(filter)
        if let id { query.require("orders.id > \(query.bind(id))") }
        let most = query.bind(limit)
        return try await executor.queryValues(
            query.statement(selecting: "orders.id", "ORDER BY orders.id LIMIT \(most)"), as: ID<Order>.self)
    }

    /// All lines of orders, or a vendor's, with what they and what they are part of come to.
    func records(
        of orders: [ID<Order>], filter: OrderFilter, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [OrderExportRecord] {
        try await executor.query(
            """
            SELECT orders.id AS order_id, orders.number, part.sequence, orders.placed_at, orders.status, orders.payment_state,
                part.fulfilment_state, orders.payment_method, orders.currency, orders.total_minor AS order_total,
                orders.refunded_minor, part.total_minor AS part_total, part.vendor_id, vendors.name AS vendor_name, orders.email,
                orders.customer_name, orders.phone, orders.shipping_address ->> 'name' AS recipient,
                orders.shipping_address ->> 'phone' AS recipient_phone, orders.shipping_address ->> 'line1' AS line1,
                orders.shipping_address ->> 'line2' AS line2, orders.shipping_address ->> 'city' AS city,
                orders.shipping_address ->> 'region' AS region, orders.shipping_address ->> 'postal_code' AS postal_code,
                orders.shipping_address ->> 'country' AS country, line.sku, line.title, line.kind, line.quantity,
                line.cancelled_quantity, line.unit_price_minor, line.hsn, coalesce(own.discount, 0) AS discount,
                coalesce(own.tax, 0) AS tax, coalesce(own.included_tax, 0) AS included_tax, coalesce(charges.shipping, 0) AS shipping,
                coalesce(charges.fees, 0) AS fees,
                row_number() OVER (PARTITION BY orders.id ORDER BY part.sequence, line.position) = 1 AS leads_order,
                row_number() OVER (PARTITION BY part.id ORDER BY line.position) = 1 AS leads_part
            FROM orders
            JOIN vendor_orders AS part ON part.order_id = orders.id
            JOIN vendors ON vendors.id = part.vendor_id
            JOIN order_lines AS line ON line.vendor_order_id = part.id
            LEFT JOIN LATERAL (
                SELECT sum(amount_minor) FILTER (WHERE kind = 'discount')::bigint AS discount,
                    sum(amount_minor) FILTER (WHERE kind = 'tax' AND NOT is_included)::bigint AS tax,
                    sum(amount_minor) FILTER (WHERE kind = 'tax' AND is_included)::bigint AS included_tax
                FROM order_adjustments WHERE order_id = orders.id AND line_id = line.id
            ) AS own ON TRUE
            LEFT JOIN LATERAL (
                SELECT sum(amount_minor) FILTER (WHERE kind = 'shipping')::bigint AS shipping,
                    sum(amount_minor) FILTER (WHERE kind <> 'shipping')::bigint AS fees
                FROM order_adjustments
                WHERE order_id = orders.id AND vendor_order_id = part.id AND line_id IS NULL AND NOT is_included
            ) AS charges ON TRUE
            WHERE orders.id = ANY (\(orders)) AND (\(filter.vendor) :: uuid IS NULL OR part.vendor_id = \(filter.vendor))
            ORDER BY orders.id, part.sequence, line.position
            """, as: OrderExportRecord.self)
    }

    /// Ends all that have a file.
    /// - Returns: the files.
    func end(in transaction: some PostgresExecutor) async throws(PostgresError) -> [ID<MediaFile>] {
        let files = try await transaction.queryValues(
            "SELECT media_id FROM order_exports WHERE media_id IS NOT NULL ORDER BY id FOR UPDATE",
            as: ID<MediaFile>.self)
        try await transaction.execute(
            "UPDATE order_exports SET state = 'ended', media_id = NULL WHERE media_id = ANY (\(files))")
        return files
    }
}

private enum OrderExportSQL {
    static let columns = """
        id, vendor_id, status, payment_state, placed_from, placed_before, tag_id, total_currency, total_from, total_to, state, \
        media_id, orders, problem, created_by, created_at, finished_at, expires_at
        """

    static func one(_ id: ID<OrderExport>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM order_exports
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2"))
                """,
            parameters: [id, visibility.subject])
    }

    static func list(visibleTo visibility: Visibility, before: ID<OrderExport>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM order_exports
                WHERE \(fromCursor) AND \(visibility.condition("$3", vendor: "vendor_id = $3"))
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject])
    }
}

extension OrderExport: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let currency: Currency? = try row.decode("total_currency")
        let (minimum, maximum): (Int64?, Int64?) = (try row.decode("total_from"), try row.decode("total_to"))
        var total: OrderFilter.Amount?
        if let currency, let minimum, let maximum {
            total = OrderFilter.Amount(currency: currency, minimum: minimum, maximum: maximum)
        }
        self.init(
            id: try row.decode("id"),
            filter: OrderFilter(
                status: try row.decode("status"), paymentState: try row.decode("payment_state"),
                placed: OrderFilter.TimeSpan(
                    from: try row.decode("placed_from"), before: try row.decode("placed_before")),
                vendor: try row.decode("vendor_id"), tag: try row.decode("tag_id"), total: total),
            state: try row.decode("state"), media: try row.decode("media_id"), orders: try row.decode("orders"),
            problem: try row.decode("problem"), createdBy: AuditActor(rawValue: try row.decode("created_by")),
            createdAt: try row.decode("created_at"), finishedAt: try row.decode("finished_at"),
            expiresAt: try row.decode("expires_at"))
    }
}
