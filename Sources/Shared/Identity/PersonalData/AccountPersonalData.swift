import Core
package import Foundation
package import Jobs
import Postgres

/// The account itself, and what signing in leaves behind.
package struct AccountPersonalData: PersonalDataKeeper {
    package init() {}

    package var sections: [PersonalDataSection] {
        [
            PersonalDataSection("accounts") { subject, after, limit in
                """
                SELECT id, jsonb_build_object('email', email, 'phone', phone, 'name', name, 'latin_name', name_latin,
                    'locale', locale, 'password_changed_at', password_changed_at, 'created_at', created_at)
                FROM accounts WHERE id = \(subject.account) AND id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
                ORDER BY id LIMIT \(limit)
                """
            },
            PersonalDataSection("sessions") { subject, after, limit in
                """
                SELECT id, jsonb_build_object('network', network, 'user_agent', user_agent, 'method', method,
                    'created_at', created_at, 'last_used_at', last_used_at, 'expires_at', expires_at, 'revoked_at', revoked_at)
                FROM sessions
                WHERE account_id = \(subject.account) AND id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
                    AND support_session_id IS NULL
                ORDER BY id LIMIT \(limit)
                """
            },
            PersonalDataSection("memberships") { subject, after, limit in
                """
                SELECT id, jsonb_build_object('scope', scope, 'role', role, 'created_at', created_at, 'removed_at', removed_at)
                FROM memberships
                WHERE account_id = \(subject.account) AND id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
                ORDER BY id LIMIT \(limit)
                """
            },
            PersonalDataSection("support_sessions") { subject, after, limit in
                """
                SELECT id, jsonb_build_object('reason', reason, 'may_write', may_write, 'created_at', created_at,
                    'ended_at', ended_at)
                FROM support_sessions
                WHERE as_account_id = \(subject.account) AND id > coalesce(\(after), '00000000-0000-0000-0000-000000000000')
                ORDER BY id LIMIT \(limit)
                """
            },
        ]
    }

    /// Whoever acts for the marketplace or a vendor is more than a customer.
    package func holds(on subject: DataSubject, in work: UnitOfWork) async throws -> [ErasureHold] {
        let isMember = try await work.queryValue(
            "SELECT EXISTS (SELECT FROM memberships WHERE account_id = \(subject.account) AND removed_at IS NULL)",
            as: Bool.self)
        guard isMember == true else { return [] }
        return [
            ErasureHold(
                code: "memberships", message: "You act for the marketplace or a vendor: leave their teams first")
        ]
    }

    /// The row stays with its id, by which the audit record names it; its contacts are free for others.
    package func forget(_ subject: DataSubject, at time: Date, in work: UnitOfWork) async throws {
        let (account, email, phone) = (subject.account, subject.email?.comparisonKey, subject.phone?.rawValue)
        try await work.execute(
            """
            DELETE FROM verifications
            WHERE account_id = \(account) OR lower(email COLLATE "C") = \(email) OR phone = \(phone)
            """)
        try await work.execute("DELETE FROM invitations WHERE email_key = \(email)")
        try await work.execute("DELETE FROM sessions WHERE account_id = \(account)")
        try await work.execute("DELETE FROM devices WHERE account_id = \(account)")
        try await work.execute("DELETE FROM recovery_codes WHERE account_id = \(account)")
        try await work.execute("DELETE FROM totp_factors WHERE account_id = \(account)")
        try await work.execute(
            "UPDATE support_sessions SET reason = \(DataSubject.erased) WHERE as_account_id = \(account)")
        try await work.execute(
            """
            UPDATE accounts SET email = NULL, phone = NULL, name = NULL, name_latin = NULL, password_hash = NULL,
                password_changed_at = NULL, erased_at = coalesce(erased_at, \(time)), updated_at = \(time), version = version + 1
            WHERE id = \(account)
            """)
    }
}
