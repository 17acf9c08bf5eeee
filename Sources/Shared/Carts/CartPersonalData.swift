import Core
package import Foundation
package import Identity
package import Jobs
import Postgres

/// What somebody means to buy, or has bought, with what they wrote to vendors and on gifts.
package struct CartPersonalData: PersonalDataKeeper {
    package init() {}

    package var sections: [PersonalDataSection] {
        [
            PersonalDataSection("carts") { subject, after, limit in
                """
                SELECT id, jsonb_build_object('state', state, 'coupons', to_jsonb(coupons), 'notes', notes,
                    'created_at', created_at, 'changed_at', changed_at, 'lines', (
                        SELECT jsonb_agg(jsonb_build_object('variant_id', variant_id, 'quantity', quantity,
                            'is_saved', is_saved, 'added_at', added_at) ORDER BY added_at, variant_id)
                        FROM cart_lines WHERE cart_id = carts.id))
                FROM carts
                WHERE (customer_id = \(subject.account) OR order_id IN (
                        SELECT orders_of_person(\(subject.account), \(subject.email?.comparisonKey))))
                    AND id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
                ORDER BY id LIMIT \(limit)
                """
            }
        ]
    }

    package func holds(on subject: DataSubject, in work: UnitOfWork) async throws -> [ErasureHold] { [] }

    /// A guest's cart is known to be theirs by the order that was made of it: carts come before orders.
    package func forget(_ subject: DataSubject, at time: Date, in work: UnitOfWork) async throws {
        try await work.execute("DELETE FROM carts WHERE customer_id = \(subject.account)")
        try await work.execute(
            """
            DELETE FROM carts WHERE order_id IN (
                SELECT orders_of_person(\(subject.account), \(subject.email?.comparisonKey)))
            """)
    }
}
