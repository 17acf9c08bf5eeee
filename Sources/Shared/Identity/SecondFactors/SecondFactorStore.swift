import Core
import Foundation
import Postgres
import Vault

/// An authenticator as it is stored.
struct StoredFactor: Sendable, PostgresRowDecodable {
    let id: ID<Authenticator>
    let sealedSeed: [UInt8]
    let isConfirmed: Bool
    let lastStep: Int64?

    init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        sealedSeed = try row.decode("seed")
        isConfirmed = try row.decode("is_confirmed")
        lastStep = try row.decode("last_step")
    }
}

/// All SQL about second factors and what stands in for them.
struct SecondFactorStore: Sendable {
    func factor(
        of account: ID<Account>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> StoredFactor? {
        try await executor.queryOne(
            """
            SELECT id, seed, confirmed_at IS NOT NULL AS is_confirmed, last_step FROM totp_factors
            WHERE account_id = \(account)
            """, as: StoredFactor.self)
    }

    /// Those whose seeds were sealed under data keys that are retired, held until the transaction ends.
    func underRetiredDataKeys(
        after position: ID<Authenticator>?, limit: Int, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [StoredFactor] {
        let fromPosition = OptionalFilter.condition("factor.id > $2", "$2::uuid", isSet: position != nil)
        return try await transaction.query(
            PostgresStatement(
                sql: """
                    SELECT factor.id, factor.seed, factor.confirmed_at IS NOT NULL AS is_confirmed, factor.last_step
                    FROM data_keys AS key JOIN totp_factors AS factor ON \(SealedColumn.isSealed("factor.seed", under: "key"))
                    WHERE key.scope = $1 AND key.retired_at IS NOT NULL AND \(fromPosition)
                    ORDER BY factor.id LIMIT $3 FOR NO KEY UPDATE OF factor
                    """,
                parameters: [AuthenticatorVault.scope.name, position, limit]), as: StoredFactor.self)
    }

    func reseal(
        _ id: ID<Authenticator>, as sealedSeed: [UInt8], in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("UPDATE totp_factors SET seed = \(sealedSeed) WHERE id = \(id)")
    }

    func isEnrolled(_ account: ID<Account>, in executor: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            "SELECT EXISTS (SELECT FROM totp_factors WHERE account_id = \(account) AND confirmed_at IS NOT NULL)",
            as: Bool.self) == true
    }

    /// Takes the place of one that was never confirmed.
    /// - Returns: false where there is one that was.
    func put(
        _ id: ID<Authenticator>, sealedSeed: [UInt8], of account: ID<Account>, at time: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO totp_factors AS held (account_id, id, seed, created_at)
            VALUES (\(account), \(id), \(sealedSeed), \(time))
            ON CONFLICT (account_id) DO UPDATE SET id = excluded.id, seed = excluded.seed, created_at = excluded.created_at,
                last_step = NULL
            WHERE held.confirmed_at IS NULL
            """) == 1
    }

    /// Uses up a step's code.
    /// - Returns: false where it, or a later one, was used already, or the authenticator is another one by now.
    func use(
        step: Int64, of id: ID<Authenticator>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            UPDATE totp_factors SET last_step = \(step)
            WHERE id = \(id) AND (last_step IS NULL OR last_step < \(step))
            """) == 1
    }

    /// - Returns: false where it was before.
    func confirm(
        _ id: ID<Authenticator>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            "UPDATE totp_factors SET confirmed_at = \(time) WHERE id = \(id) AND confirmed_at IS NULL") == 1
    }

    /// With the recovery codes.
    /// - Returns: false where there was none that was confirmed.
    func remove(of account: ID<Account>, in transaction: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await transaction.execute("DELETE FROM recovery_codes WHERE account_id = \(account)")
        return try await transaction.execute(
            "DELETE FROM totp_factors WHERE account_id = \(account) AND confirmed_at IS NOT NULL") == 1
    }

    /// Those before count no more.
    func replaceRecoveryCodes(
        of account: ID<Account>, with hashes: [[UInt8]], in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute("DELETE FROM recovery_codes WHERE account_id = \(account)")
        try await transaction.execute(
            """
            INSERT INTO recovery_codes (account_id, code_hash)
            SELECT \(account), made.code_hash FROM unnest(\(hashes)::bytea[]) AS made (code_hash)
            """)
    }

    /// - Returns: false where there is none like it, or it was used before.
    func use(
        recoveryCode hash: [UInt8], of account: ID<Account>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            UPDATE recovery_codes SET used_at = \(time)
            WHERE account_id = \(account) AND code_hash = \(hash) AND used_at IS NULL
            """) == 1
    }

    func unusedRecoveryCodes(
        of account: ID<Account>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Int {
        try await executor.queryValue(
            "SELECT count(*) FROM recovery_codes WHERE account_id = \(account) AND used_at IS NULL", as: Int.self) ?? 0
    }
}
