import Core
package import Foundation
package import Identity
package import Jobs
import Postgres

/// What orders tell of those who placed them: by their accounts, or as guests with the account's address.
package struct OrderPersonalData: PersonalDataKeeper {
    package init() {}

    package var sections: [PersonalDataSection] {
        [
            PersonalDataSection("orders") { subject, after, limit in
                """
                SELECT orders.id, jsonb_build_object('number', 'H' || number, 'status', status, 'email', email,
                    'name', customer_name, 'phone', phone, 'shipping_address', shipping_address, 'currency', currency,
                    'total_minor', total_minor, 'refunded_minor', refunded_minor, 'placed_at', placed_at, 'paid_at', paid_at,
                    'delivered_at', delivered_at, 'lines', (
                        SELECT jsonb_agg(jsonb_build_object('title', title, 'sku', sku, 'quantity', quantity,
                            'unit_price_minor', unit_price_minor) ORDER BY position)
                        FROM order_lines WHERE order_id = orders.id),
                    'messages_to_vendors', (
                        SELECT jsonb_agg(jsonb_build_object('note', note, 'gift_message', gift_message) ORDER BY sequence)
                        FROM vendor_orders WHERE order_id = orders.id AND (note <> '' OR gift_message <> '')))
                FROM orders
                WHERE id IN (SELECT orders_of_person(\(subject.account), \(subject.email?.comparisonKey)))
                    AND orders.id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
                ORDER BY orders.id LIMIT \(limit)
                """
            },
            PersonalDataSection("licence_keys") { subject, after, limit in
                """
                SELECT licence_keys.id, jsonb_build_object('order_id', order_lines.order_id, 'assigned_at', assigned_at,
                    'first_revealed_at', first_revealed_at, 'first_revealed_from', first_revealed_from,
                    'closed_reason', closed_reason, 'closed_at', closed_at)
                FROM licence_keys JOIN order_lines ON order_lines.id = order_line_id
                WHERE order_lines.order_id IN (SELECT orders_of_person(\(subject.account), \(subject.email?.comparisonKey)))
                    AND licence_keys.id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
                ORDER BY licence_keys.id LIMIT \(limit)
                """
            },
        ]
    }

    /// Goods and money are still on their way, and whoever brings them has to know whither.
    package func holds(on subject: DataSubject, in work: UnitOfWork) async throws -> [ErasureHold] {
        let count = try await work.queryValue(
            """
            SELECT count(*) FROM orders WHERE state = 'open'
                AND id IN (SELECT orders_of_person(\(subject.account), \(subject.email?.comparisonKey)))
            """, as: Int.self)
        guard let count, count > 0 else { return [] }
        return [
            ErasureHold(
                code: "open_orders",
                message: "\(count) of your orders \(count == 1 ? "is" : "are") open: have them delivered or cancel them"
            )
        ]
    }

    /// Orders stay, for the books; whose they were is known by the account's id alone. The database
    /// does it, of those alone who have asked to be forgotten and whose account still says how they are reached. What was noted
    /// about their orders may name them and is taken back.
    package func forget(_ subject: DataSubject, at time: Date, in work: UnitOfWork) async throws {
        try await work.execute(
            """
            UPDATE order_notes SET body = NULL, removed_at = \(time) WHERE removed_at IS NULL
                AND order_id IN (SELECT orders_of_person(\(subject.account), \(subject.email?.comparisonKey)))
            """)
        try await work.execute(
            """
            UPDATE licence_keys SET first_revealed_from = NULL,
                closed_reason = CASE WHEN closed_reason IS NOT NULL THEN \(DataSubject.erased) END
            FROM order_lines WHERE order_lines.id = order_line_id AND num_nonnulls(first_revealed_from, closed_reason) > 0
                AND order_lines.order_id IN (SELECT orders_of_person(\(subject.account), \(subject.email?.comparisonKey)))
            """)
        try await work.execute("SELECT forget_orders(\(subject.account))")
    }
}
