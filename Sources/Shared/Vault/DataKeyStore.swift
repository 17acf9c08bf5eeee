import Foundation
package import Postgres

/// All SQL about data keys and the versions of the key-encryption key.
struct DataKeyStore: Sendable {
    /// The scope's sealing key, counted to seal `count` secrets more, and its index key; what is lacking is left out.
    func take(
        _ scope: KeyScope, count: Int64, limit: Int64, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [WrappedKey] {
        try await transaction.query(VaultSQL.take(scope, count: count, limit: limit), as: WrappedKey.self)
    }

    /// The newest sealing key, unless it is a day old.
    func ofToday(
        _ scope: KeyScope, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> WrappedKey? {
        try await executor.queryOne(VaultSQL.ofToday(scope), as: WrappedKey.self)
    }

    func key(_ id: UUID, in executor: some PostgresExecutor) async throws(PostgresError) -> WrappedKey? {
        try await executor.queryOne(VaultSQL.key(id), as: WrappedKey.self)
    }

    /// The number of the scope's last sealing key; 0 where it has none.
    func newestGeneration(
        of scope: KeyScope, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Int64 {
        try await executor.queryValue(VaultSQL.newestGeneration(of: scope), as: Int64.self) ?? 0
    }

    /// As the generation after this one, or as the scope's only index key; nothing where somebody else has made that.
    func insert(
        _ key: WrappedKey, after generation: Int64, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(VaultSQL.insert(key, after: key.purpose == .index ? 0 : generation))
    }

    /// Lets the sealing keys of a scope that were made before `moment` seal nothing more. How many they were.
    func retire(
        _ scope: KeyScope, madeBefore moment: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Int {
        try await transaction.execute(VaultSQL.retire(scope, madeBefore: moment))
    }

    /// The scopes with sealing keys that were made before `moment`.
    func scopes(madeBefore moment: Date, in executor: some PostgresExecutor) async throws(PostgresError) -> [KeyScope] {
        try await executor.queryValues(VaultSQL.scopes(madeBefore: moment), as: String.self).map { KeyScope($0) }
    }

    /// The fingerprint of the key that wraps, which stays in use until the transaction ends.
    func lockKeyInUse(in transaction: some PostgresExecutor) async throws(PostgresError) -> String? {
        try await transaction.queryValue(VaultSQL.lockKeyInUse, as: String.self)
    }

    /// Nothing where there is a version already.
    func registerFirst(_ fingerprint: String, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(VaultSQL.registerFirst(fingerprint))
    }

    func replaceKeyInUse(
        with fingerprint: String, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(VaultSQL.retireVersions(but: fingerprint))
        try await transaction.execute(VaultSQL.putInUse(fingerprint))
    }

    /// Data keys that another key than this one has wrapped, after `position` in the order of their identifiers; locked.
    func lockWrappedByOthers(
        than fingerprint: String, after position: UUID, limit: Int, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [WrappedKey] {
        try await transaction.query(
            VaultSQL.lockWrappedByOthers(than: fingerprint, after: position, limit: limit), as: WrappedKey.self)
    }

    func replace(_ keys: [WrappedKey], in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(VaultSQL.replace(keys))
    }

    /// Data keys after `position` in the order of their identifiers.
    func keys(
        after position: UUID, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [WrappedKey] {
        try await executor.query(VaultSQL.keys(after: position, limit: limit), as: WrappedKey.self)
    }

    func versions(in executor: some PostgresExecutor) async throws(PostgresError) -> [KeyVersion] {
        try await executor.query(VaultSQL.versions, as: KeyVersion.self)
    }
}

extension UUID {
    /// Before all others in PostgreSQL's order.
    static let lowest = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
}

private enum VaultSQL {
    private static let columns = WrappedKey.columns

    /// The conditions stand twice: the second ones are looked at again where another transaction has counted meanwhile.
    static func take(_ scope: KeyScope, count: Int64, limit: Int64) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH counted AS (
                    UPDATE data_keys SET messages = messages + $2
                    WHERE id = (
                        SELECT id FROM data_keys
                        WHERE scope = $1 AND purpose = 'seal' AND retired_at IS NULL AND messages <= $3 - $2
                        ORDER BY generation DESC LIMIT 1
                    ) AND retired_at IS NULL AND messages <= $3 - $2
                    RETURNING \(columns)
                )
                SELECT * FROM counted
                UNION ALL
                SELECT \(columns) FROM data_keys WHERE scope = $1 AND purpose = 'index'
                """,
            parameters: [scope.name, count, limit])
    }

    static func ofToday(_ scope: KeyScope) -> PostgresStatement {
        """
        SELECT \(unescaped: columns) FROM data_keys
        WHERE scope = \(scope.name) AND purpose = 'seal' AND retired_at IS NULL AND created_at > now() - interval '1 day'
        ORDER BY generation DESC LIMIT 1
        """
    }

    static func key(_ id: UUID) -> PostgresStatement {
        "SELECT \(unescaped: columns) FROM data_keys WHERE id = \(id) AND purpose = 'seal'"
    }

    static func newestGeneration(of scope: KeyScope) -> PostgresStatement {
        "SELECT coalesce(max(generation), 0) FROM data_keys WHERE scope = \(scope.name) AND purpose = 'seal'"
    }

    static func insert(_ key: WrappedKey, after generation: Int64) -> PostgresStatement {
        """
        INSERT INTO data_keys (id, scope, purpose, generation, wrapped_key, wrapped_by)
        VALUES (\(key.id), \(key.scope.name), \(key.purpose.rawValue), \(generation) + 1, \(key.bytes), \(key.wrappedBy))
        ON CONFLICT (scope, purpose, generation) DO NOTHING
        """
    }

    static func retire(_ scope: KeyScope, madeBefore moment: Date) -> PostgresStatement {
        """
        UPDATE data_keys SET retired_at = now()
        WHERE scope = \(scope.name) AND purpose = 'seal' AND created_at < \(moment) AND retired_at IS NULL
        """
    }

    static func scopes(madeBefore moment: Date) -> PostgresStatement {
        "SELECT DISTINCT scope FROM data_keys WHERE purpose = 'seal' AND created_at < \(moment) ORDER BY scope"
    }

    static let lockKeyInUse: PostgresStatement =
        "SELECT fingerprint FROM key_versions WHERE retired_at IS NULL FOR SHARE"

    static func registerFirst(_ fingerprint: String) -> PostgresStatement {
        """
        INSERT INTO key_versions (version, fingerprint)
        SELECT 1, \(fingerprint) WHERE NOT EXISTS (SELECT FROM key_versions) ON CONFLICT DO NOTHING
        """
    }

    static func retireVersions(but fingerprint: String) -> PostgresStatement {
        "UPDATE key_versions SET retired_at = now() WHERE retired_at IS NULL AND fingerprint <> \(fingerprint)"
    }

    static func putInUse(_ fingerprint: String) -> PostgresStatement {
        """
        INSERT INTO key_versions (version, fingerprint)
        SELECT coalesce(max(version), 0) + 1, \(fingerprint) FROM key_versions
        ON CONFLICT (fingerprint) DO UPDATE SET retired_at = NULL
        """
    }

    static func lockWrappedByOthers(
        than fingerprint: String, after position: UUID, limit: Int
    ) -> PostgresStatement {
        """
        SELECT \(unescaped: columns) FROM data_keys WHERE wrapped_by <> \(fingerprint) AND id > \(position)
        ORDER BY id LIMIT \(limit) FOR NO KEY UPDATE
        """
    }

    static func replace(_ keys: [WrappedKey]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                UPDATE data_keys SET wrapped_key = replacement.wrapped_key, wrapped_by = replacement.wrapped_by
                FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS replacement (id, wrapped_key, wrapped_by)
                WHERE data_keys.id = replacement.id
                """,
            parameters: [keys.map(\.id), keys.map(\.bytes), keys.map(\.wrappedBy)])
    }

    static func keys(after position: UUID, limit: Int) -> PostgresStatement {
        "SELECT \(unescaped: columns) FROM data_keys WHERE id > \(position) ORDER BY id LIMIT \(limit)"
    }

    static let versions: PostgresStatement = """
        SELECT version, fingerprint, introduced_at, retired_at,
            (SELECT count(*) FROM data_keys WHERE wrapped_by = fingerprint) AS data_keys
        FROM key_versions ORDER BY version
        """
}
