import Catalog
package import Core
import Foundation
package import Postgres

/// All SQL about orders and their lines.
package struct OrderStore: Sendable {
    package init() {}

    /// The order, or nil.
    package func order(_ id: ID<Order>, in executor: some PostgresExecutor) async throws(PostgresError) -> Order? {
        try await executor.queryOne(OrderSQL.one(id), as: Order.self)
    }

    /// The order with its lines, of which every order has at least one, or nil. One round trip.
    package func orderWithLines(
        _ id: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> OrderWithLines? {
        let rows = try await executor.query(OrderSQL.withLines(id), as: PostgresRow.self)
        guard let first = rows.first else { return nil }
        return OrderWithLines(
            order: try Order(row: first),
            lines: try rows.map { row throws(PostgresError) in try OrderLine(row: row) })
    }

    /// The order with its lines and timeline, or nil.
    package func details(
        _ id: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> OrderDetails? {
        guard let found = try await orderWithLines(id, in: executor) else { return nil }
        return OrderDetails(
            order: found.order, lines: found.lines, timeline: try await OrderTimeline().events(of: id, in: executor))
    }

    /// A page of orders, the newest first.
    package func orders(
        state: OrderState? = nil, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<Order> {
        let listing = "orders"
        let before: ID<Order>? = try page.cursor.map { text throws(Problem) in
            try Cursor.id(in: text, listing: listing)
        }
        let rows = try await executor.query(
            OrderSQL.list(state: state, before: before, limit: page.limit + 1), as: Order.self)
        return Page(fetched: rows, limit: page.limit) { Cursor(listing: listing, after: $0.id) }
    }

    /// Inserts the order with its lines and the first event of its timeline; the order as it is stored. One round trip.
    func insert(
        _ order: OrderDraft, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Order {
        guard let stored = try await transaction.queryOne(OrderSQL.insert(order), as: Order.self) else {
            throw .decoding("the inserted order did not come back")
        }
        return stored
    }

    /// Moves a locked order to `state` and adds to its timeline.
    func move(
        _ id: ID<Order>, to state: OrderState, _ event: OrderEvent, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(OrderSQL.move(id, to: state, event))
    }

    /// Marks lines of a locked order as handed over.
    func markFulfilled(
        _ lines: [ID<OrderLine>], at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(OrderSQL.markFulfilled(lines, at: time))
    }
}

/// An order about to be inserted.
struct OrderDraft: Sendable {
    let id: ID<Order>
    let email: EmailAddress
    let total: Money
    let shippingAddress: JSONValue?
    let accessTokenHash: [UInt8]
    let reservationExpiresAt: Date
    let placedAt: Date
    let lines: [OrderLine]
}

extension Order: PostgresRowDecodable {
    static let columns = """
        id, number, state, email, currency, total_minor, shipping_address::text AS shipping_address, access_token_hash, \
        reservation_expires_at, placed_at, paid_at, fulfilled_at, closed_at
        """

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let address: String = try row.decode("email")
        guard let email = EmailAddress(rawValue: address) else {
            throw .decoding("an order's e-mail address is malformed")
        }
        self.email = email
        id = try row.decode("id")
        number = "H" + String(try row.decode("number", as: Int64.self))
        state = try row.decode("state")
        total = Money(minorUnits: try row.decode("total_minor"), currency: try row.decode("currency"))
        shippingAddress = try Self.address(try row.decode("shipping_address"))
        accessTokenHash = try row.decode("access_token_hash")
        reservationExpiresAt = try row.decode("reservation_expires_at")
        placedAt = try row.decode("placed_at")
        paidAt = try row.decode("paid_at")
        fulfilledAt = try row.decode("fulfilled_at")
        closedAt = try row.decode("closed_at")
    }

    private static func address(_ text: String?) throws(PostgresError) -> ShippingAddress? {
        guard let text else { return nil }
        do {
            return try JSONDecoder().decode(ShippingAddress.self, from: Data(text.utf8))
        } catch {
            throw .decoding("an order's shipping address: \(error)")
        }
    }
}

extension OrderLine: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("line_id")
        order = try row.decode("order_id")
        variant = try row.decode("variant_id")
        product = try row.decode("product_id")
        vendor = try row.decode("vendor_id")
        kind = try row.decode("kind")
        title = try row.decode("title")
        sku = try row.decode("sku")
        quantity = try row.decode("quantity")
        unitPrice = Money(minorUnits: try row.decode("unit_price_minor"), currency: try row.decode("currency"))
        do {
            total = try unitPrice.multiplied(by: quantity)
        } catch {
            throw .decoding("the total of order line \(id): \(error)")
        }
        commissionBasisPoints = try row.decode("commission_basis_points")
        fulfilledAt = try row.decode("line_fulfilled_at")
    }
}

enum OrderSQL {
    static func one(_ id: ID<Order>) -> PostgresStatement {
        "SELECT \(unescaped: Order.columns) FROM orders WHERE id = \(id)"
    }

    static func withLines(_ id: ID<Order>) -> PostgresStatement {
        """
        SELECT \(unescaped: Order.columns), line.*
        FROM orders CROSS JOIN LATERAL (
            SELECT id AS line_id, order_id, position, variant_id, product_id, vendor_id, kind, title, sku, quantity,
                unit_price_minor, commission_basis_points, fulfilled_at AS line_fulfilled_at
            FROM order_lines WHERE order_id = orders.id
        ) AS line
        WHERE id = \(id) ORDER BY position
        """
    }

    static func list(state: OrderState?, before: ID<Order>?, limit: Int) -> PostgresStatement {
        let inState = OptionalFilter.equals("state", state)
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(Order.columns) FROM orders WHERE \(inState) AND \(fromCursor)
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit])
    }

    static func insert(_ order: OrderDraft) -> PostgresStatement {
        let lines = order.lines
        return PostgresStatement(
            sql: """
                WITH placed AS (
                    INSERT INTO orders (id, email, currency, total_minor, shipping_address, access_token_hash,
                        reservation_expires_at, placed_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                    RETURNING *
                ), lines AS (
                    INSERT INTO order_lines (order_id, id, variant_id, product_id, vendor_id, kind, title, sku, quantity,
                        unit_price_minor, commission_basis_points, position)
                    SELECT $1, * FROM unnest($9::uuid[], $10::uuid[], $11::uuid[], $12::uuid[], $13::text[], $14::text[],
                        $15::text[], $16::int8[], $17::int8[], $18::int4[]) WITH ORDINALITY
                ), event AS (
                    INSERT INTO order_events (order_id, kind, happened_at) VALUES ($1, 'ordered', $8)
                )
                SELECT \(Order.columns) FROM placed
                """,
            parameters: [
                order.id, order.email.rawValue, order.total.currency, order.total.minorUnits, order.shippingAddress,
                order.accessTokenHash, order.reservationExpiresAt, order.placedAt, lines.map(\.id),
                lines.map(\.variant),
                lines.map(\.product), lines.map(\.vendor), lines.map(\.kind), lines.map(\.title), lines.map(\.sku),
                lines.map(\.quantity), lines.map(\.unitPrice.minorUnits),
                lines.map { Int32(clamping: $0.commissionBasisPoints) },
            ])
    }

    static func move(_ id: ID<Order>, to state: OrderState, _ event: OrderEvent) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH moved AS (
                    UPDATE orders SET state = $2,
                        paid_at = CASE WHEN $2 = 'paid' THEN coalesce(paid_at, $5) ELSE paid_at END,
                        fulfilled_at = CASE WHEN $3 = 'fulfilled' THEN $5 ELSE fulfilled_at END,
                        closed_at = CASE WHEN $2 IN ('cancelled', 'expired') THEN $5 WHEN $2 = 'paid' THEN NULL
                            ELSE closed_at END
                    WHERE id = $1
                )
                INSERT INTO order_events (order_id, kind, reference, happened_at) VALUES ($1, $3, $4, $5)
                ON CONFLICT (order_id, kind, reference) DO NOTHING
                """,
            parameters: [id, state, event.kind, event.reference, event.happenedAt])
    }

    static func markFulfilled(_ lines: [ID<OrderLine>], at time: Date) -> PostgresStatement {
        "UPDATE order_lines SET fulfilled_at = \(time) WHERE id = ANY(\(lines)::uuid[]) AND fulfilled_at IS NULL"
    }
}
