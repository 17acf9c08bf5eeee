package import Core
import Foundation
package import Identity
package import Postgres

/// Which complaints a list has.
package enum ComplaintFilter: Hashable, Sendable {
    /// Those that wait for something, what is due first before others, what is not due last; of one state, or of all.
    case open(ComplaintState?)
    /// Those that are resolved or rejected, the newest first.
    case closed
}

extension ComplaintStore {
    private static let queue = "complaint_queue"

    /// A page of complaints.
    /// - Throws: a 400 `Problem` ("invalid-cursor"); `PostgresError`.
    package func complaints(
        _ filter: ComplaintFilter, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<Complaint> {
        switch filter {
        case .open(let state):
            let position = try page.cursor.map { text throws(Problem) in try QueuePosition(text, of: Self.queue) }
            let rows = try await executor.query(
                QueueSQL.open(state, after: position, limit: page.limit + 1, visibleTo: visibility), as: Complaint.self)
            return Page(fetched: rows, limit: page.limit) { QueuePosition($0).cursor(of: Self.queue) }
        case .closed:
            return try await page.newestFirst("closed_complaints", by: \.id) { before, limit in
                try await executor.query(
                    QueueSQL.closed(before: before, limit: limit, visibleTo: visibility), as: Complaint.self)
            }
        }
    }
}

/// Where a page of the queue ends.
private struct QueuePosition: Hashable, Sendable {
    /// In microseconds since 1970, as the database has it; nil behind all that is due.
    let microseconds: Int64?
    let id: ID<Complaint>

    init(_ complaint: Complaint) {
        microseconds = complaint.dueAt.map { Int64(($0.timeIntervalSince1970 * 1_000_000).rounded()) }
        id = complaint.id
    }

    /// - Throws: a 400 `Problem` for what is no position in this listing.
    init(_ text: String, of listing: String) throws(Problem) {
        let keys = try Cursor(decoding: text, listing: listing, keyCount: 2).keys
        guard let id = ID<Complaint>(keys[1]) else { throw .invalidCursor }
        self.id = id
        if keys[0].utf8.isEmpty {
            microseconds = nil
        } else {
            // Far from what a date of the database can't carry.
            guard let number = Int64(keys[0]), abs(Double(number)) < 1e16 else { throw .invalidCursor }
            microseconds = number
        }
    }

    var dueAt: Date? { microseconds.map { Date(timeIntervalSince1970: Double($0) / 1_000_000) } }

    func cursor(of listing: String) -> Cursor {
        Cursor(listing: listing, keys: [microseconds.map { "\($0)" } ?? "", id.description])
    }
}

private enum QueueSQL {
    /// As the index has it.
    private static let due = "coalesce(due_at, timestamptz '9999-12-31 00:00:00+00')"

    static func open(
        _ state: ComplaintState?, after position: QueuePosition?, limit: Int, visibleTo visibility: Visibility
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition(
            "(\(due), id) > (coalesce($2, timestamptz '9999-12-31 00:00:00+00'), $3)",
            "$2::timestamptz IS NULL AND $3::uuid", isSet: position != nil)
        return PostgresStatement(
            sql: """
                SELECT \(Complaint.columns) FROM complaints
                WHERE closed_at IS NULL AND \(OptionalFilter.equals("state", state)) AND \(fromCursor)
                    AND \(visibility.condition("$1", vendor: "vendor_id = $1"))
                ORDER BY \(due), id LIMIT $4
                """,
            parameters: [visibility.subject, position?.dueAt, position?.id, limit])
    }

    static func closed(before: ID<Complaint>?, limit: Int, visibleTo visibility: Visibility) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(Complaint.columns) FROM complaints
                WHERE closed_at IS NOT NULL AND \(fromCursor) AND \(visibility.condition("$1", vendor: "vendor_id = $1"))
                ORDER BY id DESC LIMIT $3
                """,
            parameters: [visibility.subject, before, limit])
    }
}
