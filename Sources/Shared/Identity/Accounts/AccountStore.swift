package import Core
package import Foundation
package import Postgres

/// All SQL about accounts.
package struct AccountStore: Sendable {
    package init() {}

    package func account(
        _ id: ID<Account>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Account? {
        try await executor.queryOne(
            "SELECT \(unescaped: AccountSQL.columns) FROM accounts WHERE id = \(id)", as: Account.self)
    }

    /// The account, which nobody else changes, or what hangs on it, before the transaction ends; or nil.
    package func hold(
        _ id: ID<Account>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Account? {
        try await transaction.queryOne(
            "SELECT \(unescaped: AccountSQL.columns) FROM accounts WHERE id = \(id) FOR NO KEY UPDATE", as: Account.self
        )
    }

    /// Whose contact it is; nil where it is nobody's.
    func account(
        reachedAt contact: Contact, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Account? {
        try await executor.queryOne(
            """
            SELECT \(unescaped: AccountSQL.columns) FROM accounts
            WHERE \(unescaped: contact.comparedColumn) = \(contact.comparisonKey)
            """, as: Account.self)
    }

    /// What is needed to look at a password; nil where the contact is nobody's.
    func candidate(
        reachedAt contact: Contact, on device: UTF8Text?, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> SignInCandidate? {
        let deviceHash = device.map { OpaqueToken.hash($0) }
        return try await executor.queryOne(
            """
            SELECT person.id, password_hash, device.id AS device_id FROM accounts AS person
                LEFT JOIN devices AS device ON device.account_id = person.id AND device.token_hash = \(deviceHash)
            WHERE \(unescaped: contact.comparedColumn) = \(contact.comparisonKey)
            """, as: SignInCandidate.self)
    }

    func passwordHash(
        of id: ID<Account>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PasswordHash? {
        let encoded = try await executor.queryOne(
            "SELECT password_hash FROM accounts WHERE id = \(id)", columns: String?.self)
        return (encoded ?? nil).map(PasswordHash.init(encoded:))
    }

    /// - Returns: false where the contact has an account already.
    func insert(
        _ account: Account, password: PasswordHash?, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO accounts (id, email, phone, name, name_latin, locale, password_hash, password_changed_at, created_at,
                updated_at)
            VALUES (\(account.id), \(account.email?.rawValue), \(account.phone?.rawValue), \(account.name),
                \(account.latinName), \(account.locale.text), \(password?.encoded),
                \(password.map { _ in account.createdAt }), \(account.createdAt), \(account.createdAt))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    func setPassword(
        of id: ID<Account>, to hash: PasswordHash, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE accounts SET password_hash = \(hash.encoded), password_changed_at = \(time), updated_at = \(time),
                version = version + 1
            WHERE id = \(id)
            """)
    }

    /// Stores the same password at another cost, unless it was changed meanwhile.
    func renewHash(
        of id: ID<Account>, from old: PasswordHash, to new: PasswordHash, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE accounts SET password_hash = \(new.encoded) WHERE id = \(id) AND password_hash = \(old.encoded)
            """)
    }

    /// - Throws: `PostgresError` with the constraint `accounts_email` or `accounts_phone` where another account has it.
    func setContact(
        of id: ID<Account>, to contact: Contact, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Account? {
        let (column, value) =
            switch contact {
            case .email(let address): ("email", address.rawValue)
            case .phone(let number): ("phone", number.rawValue)
            }
        return try await transaction.queryOne(
            """
            UPDATE accounts SET \(unescaped: column) = \(value), updated_at = \(time), version = version + 1
            WHERE id = \(id) RETURNING \(unescaped: AccountSQL.columns)
            """, as: Account.self)
    }

    /// - Returns: nil where the version is another one.
    func update(
        _ id: ID<Account>, name: String?, latinName: String?, locale: LanguageTag, expecting expected: Int64,
        at time: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Account? {
        try await transaction.queryOne(
            """
            UPDATE accounts SET name = \(name), name_latin = \(latinName), locale = \(locale.text), updated_at = \(time),
                version = version + 1
            WHERE id = \(id) AND version = \(expected) RETURNING \(unescaped: AccountSQL.columns)
            """, as: Account.self)
    }
}

extension Contact {
    /// The column by which accounts are found, which has a unique index.
    fileprivate var comparedColumn: String {
        switch self {
        case .email: "email_key"
        case .phone: "phone"
        }
    }
}

/// The account that a contact names, as far as a password can be looked at.
struct SignInCandidate: Sendable, PostgresRowDecodable {
    let account: ID<Account>
    let passwordHash: PasswordHash?
    /// The device that asks, where the account's owner has signed in on it.
    let device: ID<Device>?

    init(row: borrowing PostgresRow) throws(PostgresError) {
        account = try row.decode("id")
        let encoded: String? = try row.decode("password_hash")
        passwordHash = encoded.map(PasswordHash.init(encoded:))
        device = try row.decode("device_id")
    }
}

extension Account: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let email: String? = try row.decode("email")
        let phone: String? = try row.decode("phone")
        self.init(
            id: try row.decode("id"), email: email.flatMap(EmailAddress.init(rawValue:)),
            phone: phone.flatMap(PhoneNumber.init(rawValue:)), name: try row.decode("name"),
            latinName: try row.decode("name_latin"), locale: try LanguageTag(stored: row.decode("locale")),
            hasPassword: try row.decode("has_password"), version: try row.decode("version"),
            createdAt: try row.decode("created_at"))
    }
}

extension LanguageTag {
    /// - Throws: `PostgresError` for a text that is no tag.
    package init(stored text: String) throws(PostgresError) {
        guard let tag = LanguageTag(text) else { throw .decoding("\(text) is no language tag") }
        self = tag
    }
}

enum AccountSQL {
    static let columns = """
        id, email, phone, name, name_latin, locale, password_hash IS NOT NULL AS has_password, version, created_at
        """
}
