import Core
package import Foundation
package import Identity
package import Jobs
package import Media
import Postgres

/// Address books, consents, wish lists, and the files in which people got their data.
package struct CustomerPersonalData: PersonalDataKeeper {
    private let exports = DataExportStore()
    private let delete: DeleteMedia

    package init(delete: DeleteMedia) { self.delete = delete }

    package var sections: [PersonalDataSection] {
        [
            PersonalDataSection("addresses") { subject, after, limit in
                """
                SELECT id, jsonb_build_object('label', label, 'name', name, 'latin_name', name_latin, 'phone', phone,
                    'alternate_phone', alternate_phone, 'address', address, 'created_at', created_at)
                FROM customer_addresses
                WHERE account_id = \(subject.account) AND id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
                ORDER BY id LIMIT \(limit)
                """
            },
            PersonalDataSection("consents") { subject, after, limit in
                """
                SELECT id, jsonb_build_object('purpose', purpose, 'is_given', is_given, 'notice_version', notice_version,
                    'locale', locale, 'source', source, 'note', note, 'decided_at', decided_at)
                FROM consents
                WHERE account_id = \(subject.account) AND id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
                ORDER BY id LIMIT \(limit)
                """
            },
            PersonalDataSection("wish_list") { subject, after, limit in
                """
                SELECT id, jsonb_build_object('title', title, 'added_at', added_at) FROM wish_list_items
                WHERE account_id = \(subject.account) AND id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
                ORDER BY id LIMIT \(limit)
                """
            },
        ]
    }

    package func holds(on subject: DataSubject, in work: UnitOfWork) async throws -> [ErasureHold] { [] }

    /// What somebody agreed to stays, as evidence: it names them by their account's id alone.
    package func forget(_ subject: DataSubject, at time: Date, in work: UnitOfWork) async throws {
        try await work.execute("DELETE FROM customer_addresses WHERE account_id = \(subject.account)")
        try await work.execute("DELETE FROM wish_list_items WHERE account_id = \(subject.account)")
        for media in try await exports.end(of: subject.account, at: time, in: work) {
            try await delete.discard(media, in: work)
        }
    }
}
