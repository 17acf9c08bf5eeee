package import Core
import Foundation
import Identity
package import Postgres
package import Vendors

/// All SQL about notes on orders.
package struct OrderNoteStore: Sendable {
    package init() {}

    /// A page of an order's notes, the newest first: those of one vendor, or, without one, everybody's.
    package func notes(
        on order: ID<Order>, of vendor: ID<Vendor>?, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<OrderNote> {
        try await page.newestFirst("order_notes", by: \.id) { before, limit in
            let fromCursor = OptionalFilter.condition("id < $3", "$3::uuid", isSet: before != nil)
            let ofVendor = OptionalFilter.condition("vendor_id = $2", "$2::uuid", isSet: vendor != nil)
            return try await executor.query(
                PostgresStatement(
                    sql: """
                        SELECT \(OrderNote.columns) FROM order_notes
                        WHERE order_id = $1 AND \(ofVendor) AND \(fromCursor) ORDER BY id DESC LIMIT $4
                        """,
                    parameters: [order, vendor, before, limit]), as: OrderNote.self)
        }
    }

    /// - Returns: false, and nothing is added, where that side has as many as it may.
    func insert(_ note: OrderNote, in transaction: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO order_notes (id, order_id, vendor_id, body, created_by, created_at)
            SELECT \(note.id), \(note.order), \(note.vendor), \(note.body), \(note.createdBy.rawValue), \(note.createdAt)
            WHERE (SELECT count(*) FROM order_notes
                WHERE order_id = \(note.order) AND vendor_id IS NOT DISTINCT FROM \(note.vendor)) < \(Int64(OrderNote.mostPerSide))
            """) == 1
    }

    /// Takes the words of a note away; nil where that side has no such note on the order.
    func remove(
        _ id: ID<OrderNote>, on order: ID<Order>, of vendor: ID<Vendor>?, at time: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> OrderNote? {
        try await transaction.queryOne(
            """
            UPDATE order_notes SET body = NULL, removed_at = coalesce(removed_at, \(time))
            WHERE id = \(id) AND order_id = \(order) AND vendor_id IS NOT DISTINCT FROM \(vendor)
            RETURNING \(unescaped: OrderNote.columns)
            """, as: OrderNote.self)
    }
}

extension OrderNote: PostgresRowDecodable {
    static let columns = "id, order_id, vendor_id, body, created_by, created_at, removed_at"

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), order: try row.decode("order_id"), vendor: try row.decode("vendor_id"),
            body: try row.decode("body"), createdBy: AuditActor(rawValue: try row.decode("created_by")),
            createdAt: try row.decode("created_at"), removedAt: try row.decode("removed_at"))
    }
}
