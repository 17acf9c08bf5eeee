package import Core
import Foundation
package import Postgres

/// Whose some addresses and numbers are.
package struct KnownContacts: Sendable {
    private let emails: [UTF8Text: ID<Account>]
    private let phones: [UTF8Text: ID<Account>]

    init(_ rows: [(ID<Account>, String?, String?)]) {
        emails = Dictionary(rows.compactMap { row in row.1.map { (UTF8Text($0), row.0) } }) { first, _ in first }
        phones = Dictionary(rows.compactMap { row in row.2.map { (UTF8Text($0), row.0) } }) { first, _ in first }
    }

    package func account(of email: EmailAddress) -> ID<Account>? { emails[UTF8Text(email.comparisonKey)] }

    package func account(of phone: PhoneNumber) -> ID<Account>? { phones[UTF8Text(phone.rawValue)] }
}

extension AccountStore {
    /// Which of these contacts have accounts.
    package func known(
        emails: [EmailAddress], phones: [PhoneNumber], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> KnownContacts {
        KnownContacts(
            try await executor.query(
                """
                SELECT id, email_key, phone FROM accounts WHERE email_key = ANY (\(emails.map(\.comparisonKey)))
                UNION SELECT id, email_key, phone FROM accounts WHERE phone = ANY (\(phones.map(\.rawValue)))
                """, columns: (ID<Account>, String?, String?).self))
    }

    /// Inserts accounts that are opened by codes alone.
    /// - Returns: those that were inserted: the contacts of the others have accounts already.
    package func insert(
        _ accounts: [Account], in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Set<ID<Account>> {
        guard !accounts.isEmpty else { return [] }
        return Set(
            try await transaction.queryValues(
                """
                INSERT INTO accounts (id, email, phone, name, name_latin, locale, created_at, updated_at)
                SELECT id, email, phone, name, name_latin, locale, created_at, created_at
                FROM unnest(\(accounts.map(\.id)), \(accounts.map { $0.email?.rawValue }),
                    \(accounts.map { $0.phone?.rawValue }), \(accounts.map(\.name)), \(accounts.map(\.latinName)),
                    \(accounts.map(\.locale.text)), \(accounts.map(\.createdAt)))
                    AS made (id, email, phone, name, name_latin, locale, created_at)
                ON CONFLICT DO NOTHING RETURNING id
                """, as: ID<Account>.self))
    }
}
