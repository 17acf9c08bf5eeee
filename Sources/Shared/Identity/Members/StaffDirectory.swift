package import Core
import Foundation
package import Postgres

/// Somebody of the staff to whom something is sent.
package struct StaffContact: Hashable, Sendable {
    package let membership: ID<Membership>
    package let email: EmailAddress
    package let locale: LanguageTag
}

/// Whom of the staff what is to be done concerns.
package struct StaffDirectory: Sendable {
    package init() {}

    /// Those who may do something and read mail, the members of longest standing first.
    package func staff(
        whoMay permission: Permission, atMost limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [StaffContact] {
        let roles = Role.allCases.filter { $0.holder == .marketplace && $0.permissions.contains(permission) }
        return try await executor.query(
            """
            \(unescaped: StaffContact.selection) WHERE member.scope = 'staff' AND member.removed_at IS NULL
                AND (member.role = ANY (\(roles.map(\.rawValue))) OR \(permission.rawValue) = ANY (own.permissions))
                AND person.email IS NOT NULL
            ORDER BY member.id LIMIT \(limit)
            """, as: StaffContact.self)
    }

    /// One of them; nil once they are no member any more, or read no mail.
    package func staff(
        _ id: ID<Membership>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> StaffContact? {
        try await executor.queryOne(
            """
            \(unescaped: StaffContact.selection) WHERE member.id = \(id) AND member.scope = 'staff'
                AND member.removed_at IS NULL AND person.email IS NOT NULL
            """, as: StaffContact.self)
    }
}

extension StaffContact: PostgresRowDecodable {
    fileprivate static let selection = """
        SELECT member.id, person.email, person.locale FROM memberships AS member
        JOIN accounts AS person ON person.id = member.account_id
        LEFT JOIN permission_sets AS own ON own.id = member.permission_set_id AND own.removed_at IS NULL
        """

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let address: String = try row.decode("email")
        guard let email = EmailAddress(rawValue: address) else {
            throw .decoding("an account's e-mail address is malformed")
        }
        membership = try row.decode("id")
        self.email = email
        locale = try LanguageTag(stored: row.decode("locale"))
    }
}
