package import Core
import Foundation
package import Identity
package import Orders
package import Postgres

/// Reads all that happened to an order in one sequence.
package struct ReadTimeline: Sendable {
    private static let listing = "order_timeline"

    package init() {}

    /// A page of it, the earliest first. Those who reach everything see notes and disputes besides, customers what concerns them.
    /// - Throws: `Problem`: 400 for another listing's cursor, 404; `PostgresError`.
    package func callAsFunction(
        of order: ID<Order>, page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<TimelineEntry> {
        let position = try page.cursor.map { text throws(Problem) in try TimelinePosition(text, of: Self.listing) }
        guard try await OrderStore().order(order, visibleTo: visibility, in: executor) != nil else {
            throw Problem.notFound("order")
        }
        let isWhole = visibility == .everything
        let rows = try await executor.query(
            TimelineSQL.page(of: order, isWhole: isWhole, after: position, limit: page.limit + 1),
            as: TimelineEntry.self)
        return Page(fetched: rows, limit: page.limit) { TimelinePosition($0).cursor(of: Self.listing) }
    }
}

/// Where a page of a timeline ends.
struct TimelinePosition: Hashable, Sendable {
    /// In microseconds since 1970, as the database has it.
    let microseconds: Int64
    let source: String
    let key: String

    init(_ entry: TimelineEntry) {
        microseconds = Int64((entry.happenedAt.timeIntervalSince1970 * 1_000_000).rounded())
        source = entry.source.rawValue
        key = entry.key
    }

    /// - Throws: a 400 `Problem` for what is no position in this listing.
    init(_ text: String, of listing: String) throws(Problem) {
        let keys = try Cursor(decoding: text, listing: listing, keyCount: 3).keys
        // Far from what a date of the database can't carry.
        guard let microseconds = Int64(keys[0]), abs(Double(microseconds)) < 1e16 else { throw .invalidCursor }
        self.microseconds = microseconds
        source = keys[1]
        key = keys[2]
    }

    var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    func cursor(of listing: String) -> Cursor { Cursor(listing: listing, keys: ["\(microseconds)", source, key]) }
}

private enum TimelineSQL {
    /// What payments tell with more: their opening and their capture.
    private static let parts = """
        SELECT happened_at AS at, 'order' AS source, kind || ':' || reference AS key, kind, reference, NULL::uuid AS subject,
            NULL::bigint AS amount_minor, NULL::text AS currency, NULL::text AS text, NULL::text AS author,
            NULL::uuid AS vendor_id
        FROM order_events WHERE order_id = $1 AND kind NOT IN ('checkout_started', 'captured')
        UNION ALL
        SELECT created_at, 'payment', id || ':opened', 'opened', '', id, amount_minor, currency, gateway, NULL, NULL
        FROM payments WHERE order_id = $1
        UNION ALL
        SELECT captured_at, 'payment', id || ':captured', 'captured', '', id, amount_minor, currency, gateway, NULL, NULL
        FROM payments WHERE order_id = $1 AND captured_at IS NOT NULL
        UNION ALL
        SELECT updated_at, 'payment', id || ':ended', state, '', id, amount_minor, currency, gateway, NULL, NULL
        FROM payments WHERE order_id = $1 AND state IN ('failed', 'expired', 'cancelled', 'conflicted')
        UNION ALL
        SELECT created_at, 'refund', id || ':requested', 'requested', '', id, amount_minor, currency, reason, NULL, NULL
        FROM refunds WHERE order_id = $1
        UNION ALL
        SELECT updated_at, 'refund', id || ':ended', state, '', id, amount_minor, currency, NULL, NULL, NULL
        FROM refunds WHERE order_id = $1 AND state IN ('failed', 'cancelled')
        UNION ALL
        SELECT happened_at, 'complaint', id::text, kind, '', complaint_id, NULL, NULL, NULL, NULL, NULL
        FROM complaint_events WHERE order_id = $1
        """
    private static let partsForStaff = """
        UNION ALL
        SELECT created_at, 'dispute', id || ':opened', 'opened', '', id, amount_minor, currency, NULL, NULL, NULL
        FROM disputes WHERE order_id = $1
        UNION ALL
        SELECT updated_at, 'dispute', id || ':status', status, '', id, amount_minor, currency, NULL, NULL, NULL
        FROM disputes WHERE order_id = $1 AND updated_at <> created_at
        UNION ALL
        SELECT created_at, 'note', id || ':written', CASE WHEN removed_at IS NULL THEN 'written' ELSE 'removed' END, '', id,
            NULL, NULL, body, created_by, vendor_id
        FROM order_notes WHERE order_id = $1
        """

    static func page(
        of order: ID<Order>, isWhole: Bool, after position: TimelinePosition?, limit: Int
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition(
            "(at, source COLLATE \"C\", key COLLATE \"C\") > ($3, $4, $5)",
            "$3::timestamptz IS NULL AND $4::text IS NULL AND $5::text", isSet: position != nil)
        return PostgresStatement(
            sql: """
                SELECT * FROM (\(parts) \(isWhole ? partsForStaff : "")) AS entries
                WHERE \(fromCursor) ORDER BY at, source COLLATE "C", key COLLATE "C" LIMIT $2
                """,
            parameters: [order, limit, position?.date, position?.source, position?.key])
    }
}
