import Core
package import Foundation
package import Identity
package import Jobs
package import Media
import Postgres

/// What was written and shown about somebody's orders.
package struct ComplaintPersonalData: PersonalDataKeeper {
    private let delete: DeleteMedia

    package init(delete: DeleteMedia) { self.delete = delete }

    /// What the staff and vendors write among themselves is about the person, too, but theirs.
    package var sections: [PersonalDataSection] {
        [
            PersonalDataSection("complaints") { subject, after, limit in
                """
                SELECT id, jsonb_build_object('number', number, 'order_id', order_id, 'kind', kind, 'state', state,
                    'outcome', outcome, 'filed_at', filed_at, 'closed_at', closed_at, 'messages', (
                        SELECT jsonb_agg(jsonb_build_object('side', side, 'body', body, 'created_at', created_at) ORDER BY id)
                        FROM complaint_messages
                        WHERE complaint_id = complaints.id AND audience IN ('everyone', 'customer')))
                FROM complaints
                WHERE order_id IN (SELECT orders_of_person(\(subject.account), \(subject.email?.comparisonKey)))
                    AND id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
                ORDER BY id LIMIT \(limit)
                """
            }
        ]
    }

    /// Somebody still waits for an answer.
    package func holds(on subject: DataSubject, in work: UnitOfWork) async throws -> [ErasureHold] {
        let count = try await work.queryValue(
            """
            SELECT count(*) FROM complaints WHERE closed_at IS NULL
                AND order_id IN (SELECT orders_of_person(\(subject.account), \(subject.email?.comparisonKey)))
            """, as: Int.self)
        guard let count, count > 0 else { return [] }
        return [
            ErasureHold(
                code: "open_complaints",
                message:
                    "\(count) of your complaints \(count == 1 ? "is" : "are") open: have them settled or withdraw them"
            )
        ]
    }

    /// That there was a complaint, of which kind and with which outcome, stays; the words and the customer's files go.
    package func forget(_ subject: DataSubject, at time: Date, in work: UnitOfWork) async throws {
        let (account, email) = (subject.account, subject.email?.comparisonKey)
        try await work.execute(
            """
            UPDATE complaint_messages SET body = \(DataSubject.erased)
            FROM complaints WHERE complaints.id = complaint_id AND order_id IN (SELECT orders_of_person(\(account), \(email)))
                AND body <> \(DataSubject.erased)
            """)
        let shown = try await work.queryValues(
            """
            SELECT media_id FROM complaint_attachments JOIN media ON media.id = media_id
            WHERE order_id IN (SELECT orders_of_person(\(account), \(email))) AND side = 'customer' AND deleted_at IS NULL
            ORDER BY media_id
            """, as: ID<MediaFile>.self)
        for media in shown {
            try await work.execute("DELETE FROM media_references WHERE media_id = \(media)")
            try await delete.discard(media, in: work)
        }
    }
}
