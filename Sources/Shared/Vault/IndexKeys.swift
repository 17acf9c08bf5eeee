package import Postgres

/// An index key and whose secrets it finds.
package struct ScopedIndexKey: Sendable {
    package let scope: KeyScope
    package let key: IndexKey
}

extension Vault {
    /// The keys by which secrets of scopes are found: of one scope, or of all, in no particular order.
    /// - Parameter limit: how many at most.
    /// - Throws: `VaultError`; `PostgresError`.
    package func indexKeys(
        of scope: KeyScope?, atMost limit: Int, in executor: some PostgresExecutor
    ) async throws -> [ScopedIndexKey] {
        try await store.indexKeys(of: scope, atMost: limit, in: executor).map { wrapped in
            ScopedIndexKey(scope: wrapped.scope, key: IndexKey(key: try encryption.unwrap(wrapped)))
        }
    }
}

extension DataKeyStore {
    fileprivate func indexKeys(
        of scope: KeyScope?, atMost limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [WrappedKey] {
        let ofScope = OptionalFilter.condition("scope = $1", "$1::text", isSet: scope != nil)
        return try await executor.query(
            PostgresStatement(
                sql: "SELECT \(WrappedKey.columns) FROM data_keys WHERE purpose = 'index' AND \(ofScope) LIMIT $2",
                parameters: [scope?.name, limit]), as: WrappedKey.self)
    }
}
