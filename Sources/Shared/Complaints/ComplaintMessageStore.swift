package import Core
import Foundation
import Identity
import Media
import Orders
package import Postgres

/// All SQL about messages and the files that they carry.
package struct ComplaintMessageStore: Sendable {
    package init() {}

    /// What a side reads of a complaint's messages, the earliest first.
    package func messages(
        of complaint: ID<Complaint>, readBy side: ComplaintSide, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ComplaintMessage] {
        try await executor.query(
            """
            SELECT \(unescaped: ComplaintMessage.columns) FROM complaint_messages AS message
            WHERE complaint_id = \(complaint) AND (\(side) = 'staff' OR audience IN ('everyone', \(side)))
            ORDER BY id LIMIT \(ComplaintMessage.mostPerComplaint)
            """, as: ComplaintMessage.self)
    }

    package func message(
        _ id: ID<ComplaintMessage>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ComplaintMessage? {
        try await executor.queryOne(
            "SELECT \(unescaped: ComplaintMessage.columns) FROM complaint_messages AS message WHERE id = \(id)",
            as: ComplaintMessage.self)
    }

    /// - Returns: false, and nothing is added, where the complaint has as many as it may.
    func insert(_ new: ComplaintMessage, in transaction: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO complaint_messages (id, complaint_id, side, audience, body, created_by, created_at)
            SELECT \(new.id), \(new.complaint), \(new.side), \(new.audience), \(new.body), \(new.createdBy.rawValue),
                \(new.createdAt)
            WHERE (SELECT count(*) FROM complaint_messages WHERE complaint_id = \(new.complaint))
                < \(Int64(ComplaintMessage.mostPerComplaint))
            """) == 1
    }

    /// Notes a file that a side has uploaded for what it is to write about an order.
    /// - Returns: false, and nothing is added, where that order has as many as it may.
    func insert(
        _ media: ID<MediaFile>, for order: ID<Order>, from side: ComplaintSide, at time: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO complaint_attachments (media_id, order_id, side, created_at)
            SELECT \(media), \(order), \(side), \(time)
            WHERE (SELECT count(*) FROM complaint_attachments WHERE order_id = \(order))
                < \(Int64(ComplaintAttachments.mostPerOrder))
            """) == 1
    }

    /// Has a message carry files of its side that none carries yet; those that it could be.
    func attach(
        _ media: [ID<MediaFile>], to message: ComplaintMessage, about order: ID<Order>,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<MediaFile>] {
        try await transaction.queryValues(
            """
            UPDATE complaint_attachments SET complaint_id = \(message.complaint), message_id = \(message.id)
            WHERE media_id = ANY (\(media)) AND order_id = \(order) AND side = \(message.side) AND message_id IS NULL
            RETURNING media_id
            """, as: ID<MediaFile>.self)
    }

    /// Whether a side reads a file that is about an order: one of its own, or one of a message that it reads.
    func isReadable(
        _ media: ID<MediaFile>, about order: ID<Order>, complaint: ID<Complaint>?, by side: ComplaintSide,
        in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            """
            SELECT TRUE FROM complaint_attachments AS file LEFT JOIN complaint_messages AS message ON message.id = message_id
            WHERE media_id = \(media) AND order_id = \(order)
                AND (\(complaint)::uuid IS NULL OR file.complaint_id = \(complaint))
                AND (\(side) = 'staff' OR file.side = \(side) OR audience IN ('everyone', \(side)))
            """, as: Bool.self) ?? false
    }
}

extension ComplaintMessage: PostgresRowDecodable {
    static let columns = """
        id, complaint_id, side, audience, body, created_by, created_at,
            ARRAY (SELECT media_id FROM complaint_attachments WHERE message_id = message.id ORDER BY media_id) AS attachments
        """

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), complaint: try row.decode("complaint_id"), side: try row.decode("side"),
            audience: try row.decode("audience"), body: try row.decode("body"),
            attachments: try row.decode("attachments"), createdBy: AuditActor(rawValue: try row.decode("created_by")),
            createdAt: try row.decode("created_at"))
    }
}
