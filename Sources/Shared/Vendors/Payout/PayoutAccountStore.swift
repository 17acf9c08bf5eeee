package import Core
package import Foundation
package import Identity
package import Postgres
import Vault

/// All SQL about where vendors' money goes.
package struct PayoutAccountStore: Sendable {
    /// So many are told, the newest first; nobody changes them every day.
    static let mostTold = 50

    package init() {}

    /// A vendor's accounts, the newest first: at most one has not been replaced.
    package func accounts(
        of vendor: ID<Vendor>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [PayoutAccount] {
        try await executor.query(PayoutSQL.all(of: vendor, visibleTo: visibility), as: PayoutAccount.self)
    }

    /// Lets an account take the place of the one that there is, of a vendor that is held.
    func replace(
        with account: PayoutAccount, sealed details: [UInt8], under dataKey: UUID,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE payout_accounts SET state = 'replaced', replaced_at = \(account.createdAt)
            WHERE vendor_id = \(account.vendor) AND state <> 'replaced'
            """)
        try await transaction.pipeline(
            """
            INSERT INTO payout_accounts (id, vendor_id, kind, holder_name, details, data_key_id, last_four, created_at, usable_from)
            VALUES (\(account.id), \(account.vendor), \(account.kind.rawValue), \(account.holderName), \(details), \(dataKey),
                \(account.lastFour), \(account.createdAt), \(account.usableFrom))
            """)
    }

    /// The account after its verification, or nil where it is none of the vendor's that waits for it.
    func verify(
        _ id: ID<PayoutAccount>, of vendor: ID<Vendor>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> PayoutAccount? {
        try await transaction.queryOne(
            """
            UPDATE payout_accounts SET state = 'verified', verified_at = \(time)
            WHERE id = \(id) AND vendor_id = \(vendor) AND state = 'pending' RETURNING \(unescaped: PayoutSQL.columns)
            """, as: PayoutAccount.self)
    }

    func sealed(
        _ id: ID<PayoutAccount>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> SealedPayoutAccount? {
        try await executor.queryOne(
            "SELECT \(unescaped: PayoutSQL.sealed) WHERE account.id = \(id)", as: SealedPayoutAccount.self)
    }

    /// Accounts that retired data keys have sealed, in the order of their ids.
    func underRetiredDataKeys(
        of vendor: ID<Vendor>, after position: ID<PayoutAccount>?, limit: Int, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [SealedPayoutAccount] {
        let fromPosition = OptionalFilter.condition("account.id > $2", "$2::uuid", isSet: position != nil)
        return try await transaction.query(
            PostgresStatement(
                sql: """
                    SELECT \(PayoutSQL.sealed)
                    WHERE account.vendor_id = $1 AND \(fromPosition) AND data_keys.retired_at IS NOT NULL
                    ORDER BY account.id LIMIT $3 FOR NO KEY UPDATE OF account
                    """,
                parameters: [vendor, position, limit]), as: SealedPayoutAccount.self)
    }

    func reseal(
        _ id: ID<PayoutAccount>, as details: [UInt8], under dataKey: UUID, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            "UPDATE payout_accounts SET details = \(details), data_key_id = \(dataKey) WHERE id = \(id)")
    }
}

extension PayoutAccount: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let state: String = try row.decode("state")
        guard let state = PayoutAccountState(rawValue: state) else {
            throw .decoding("a payout account's state is not known")
        }
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), kind: try PayoutKind(row: row),
            holderName: try row.decode("holder_name"), lastFour: try row.decode("last_four"), state: state,
            createdAt: try row.decode("created_at"), usableFrom: try row.decode("usable_from"),
            verifiedAt: try row.decode("verified_at"), replacedAt: try row.decode("replaced_at"))
    }
}

extension PayoutKind {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        let name: String = try row.decode("kind")
        guard let kind = PayoutKind(rawValue: name) else { throw .decoding("a payout account's kind is not known") }
        self = kind
    }
}

extension SealedPayoutAccount: PostgresRowDecodable {
    init(row: borrowing PostgresRow) throws(PostgresError) {
        account = try row.decode("account_id")
        vendor = try row.decode("vendor_id")
        kind = try PayoutKind(row: row)
        details = try row.decode("details")
        dataKey = try WrappedKey(row: row)
        dataKeyID = try row.decode("data_key_id")
    }
}

private enum PayoutSQL {
    static let columns = """
        id, vendor_id, kind, holder_name, last_four, state, created_at, usable_from, verified_at, replaced_at
        """

    /// With the table that it reads.
    static let sealed = """
        account.id AS account_id, account.vendor_id, account.kind, account.details, \(WrappedKey.columns)
        FROM payout_accounts AS account JOIN data_keys ON data_keys.id = account.data_key_id
        """

    static func all(of vendor: ID<Vendor>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM payout_accounts
                WHERE vendor_id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2"))
                ORDER BY id DESC LIMIT \(PayoutAccountStore.mostTold)
                """,
            parameters: [vendor, visibility.subject])
    }
}
