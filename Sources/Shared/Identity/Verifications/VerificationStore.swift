package import Core
package import Foundation
package import Postgres

/// All SQL about verifications.
struct VerificationStore: Sendable {
    func insert(
        _ verification: Verification, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO verifications (id, purpose, email, phone, account_id, locale, attempts_left, requested_at, expires_at)
            VALUES (\(verification.id), \(verification.purpose.rawValue), \(verification.contact.email?.rawValue),
                \(verification.contact.phone?.rawValue), \(verification.account), \(verification.locale.text),
                \(Int16(Verification.mostAttempts)), \(verification.requestedAt), \(verification.expiresAt))
            """)
    }

    /// Counts an attempt before its code is looked at, so that however many come at once no more are looked at than may be; nil
    /// where none may be any more.
    func takeAttempt(
        at id: ID<Verification>, for purposes: Set<Verification.Purpose>, account: ID<Account>?, at time: Date,
        in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Verification? {
        try await executor.queryOne(
            """
            UPDATE verifications SET attempts_left = attempts_left - 1
            WHERE id = \(id) AND purpose = ANY(\(purposes.map(\.rawValue))) AND account_id IS NOT DISTINCT FROM \(account)
                AND attempts_left > 0 AND used_at IS NULL AND expires_at > \(time)
            RETURNING \(unescaped: Self.columns)
            """, as: Verification.self)
    }

    func exists(
        _ id: ID<Verification>, for purposes: Set<Verification.Purpose>, account: ID<Account>?,
        in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            """
            SELECT EXISTS (SELECT FROM verifications WHERE id = \(id) AND purpose = ANY(\(purposes.map(\.rawValue)))
                AND account_id IS NOT DISTINCT FROM \(account))
            """, as: Bool.self) == true
    }

    /// - Returns: false where somebody has used it already.
    func use(
        _ id: ID<Verification>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            "UPDATE verifications SET used_at = \(time) WHERE id = \(id) AND used_at IS NULL") == 1
    }

    /// One that can still be used.
    func open(
        _ id: ID<Verification>, at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Verification? {
        try await executor.queryOne(
            """
            SELECT \(unescaped: Self.columns) FROM verifications
            WHERE id = \(id) AND used_at IS NULL AND attempts_left > 0 AND expires_at > \(time)
            """, as: Verification.self)
    }

    fileprivate static let columns = "id, purpose, email, phone, account_id, locale, requested_at"
}

extension Verification: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let purpose: String = try row.decode("purpose")
        let email: String? = try row.decode("email")
        let phone: String? = try row.decode("phone")
        let contact =
            email.flatMap(EmailAddress.init(rawValue:)).map(Contact.email)
            ?? phone.flatMap(PhoneNumber.init(rawValue:)).map(Contact.phone)
        guard let purpose = Purpose(rawValue: purpose), let contact else {
            throw .decoding("a verification for \(purpose) that can't be read")
        }
        self.init(
            id: try row.decode("id"), purpose: purpose, contact: contact, account: try row.decode("account_id"),
            locale: try LanguageTag(stored: row.decode("locale")), requestedAt: try row.decode("requested_at"))
    }
}
