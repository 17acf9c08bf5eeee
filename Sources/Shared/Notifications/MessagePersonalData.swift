import Core
package import Foundation
package import Identity
package import Jobs
import Postgres

/// Where mails and texts went, and about what.
package struct MessagePersonalData: PersonalDataKeeper {
    package init() {}

    package var sections: [PersonalDataSection] {
        [
            PersonalDataSection("emails") { subject, after, limit in
                Self.sent(in: "emails", to: subject.email?.comparisonKey, subject, after, limit)
            },
            PersonalDataSection("sms_messages") { subject, after, limit in
                Self.sent(in: "sms_messages", to: subject.phone?.rawValue, subject, after, limit)
            },
        ]
    }

    package func holds(on subject: DataSubject, in work: UnitOfWork) async throws -> [ErasureHold] { [] }

    /// That something was sent stays on record; whom it reached does not.
    package func forget(_ subject: DataSubject, at time: Date, in work: UnitOfWork) async throws {
        for (table, contact) in [
            ("emails", subject.email?.comparisonKey), ("sms_messages", subject.phone?.rawValue),
        ] {
            try await work.execute(
                """
                UPDATE \(unescaped: table) SET recipient = \(DataSubject.erased)
                WHERE \(unescaped: Self.isTo(table)) = \(contact)
                    OR vendor_id IS NULL AND order_id IN (SELECT id FROM orders WHERE customer_id = \(subject.account))
                """)
        }
    }

    private static func sent(
        in table: String, to contact: String?, _ subject: DataSubject, _ after: UUID?, _ limit: Int
    ) -> PostgresStatement {
        """
        SELECT id, jsonb_build_object('template', template, 'locale', locale, 'recipient', recipient, 'state', state,
            'created_at', created_at, 'sent_at', sent_at)
        FROM \(unescaped: table)
        WHERE (\(unescaped: isTo(table)) = \(contact)
                OR vendor_id IS NULL AND order_id IN (SELECT id FROM orders WHERE customer_id = \(subject.account)))
            AND id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
        ORDER BY id LIMIT \(limit)
        """
    }

    /// What recipients are compared by.
    private static func isTo(_ table: String) -> String {
        table == "emails" ? #"lower(recipient COLLATE "C")"# : "recipient"
    }
}
