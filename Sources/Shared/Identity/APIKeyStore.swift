package import Core
import Foundation
package import Postgres

/// All SQL about API keys.
package struct APIKeyStore: Sendable {
    package init() {}

    /// The key with this token, accepted or not; nil where there is none.
    package func key(
        bearing token: UTF8Text, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> APIKey? {
        try await executor.queryOne(
            "SELECT \(unescaped: APIKeySQL.columns) FROM api_keys WHERE token_hash = \(OpaqueToken.hash(token))",
            as: APIKey.self)
    }

    /// A page of keys, the newest first.
    package func keys(page: PageRequest, in executor: some PostgresExecutor) async throws -> Page<APIKey> {
        try await page.newestFirst("api_keys", by: \.id) { before, limit in
            try await executor.query(APIKeySQL.list(before: before, limit: limit), as: APIKey.self)
        }
    }

    func insert(
        _ key: APIKey, tokenHash: [UInt8], in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(APIKeySQL.insert(key, tokenHash: tokenHash))
    }

    func key(_ id: ID<APIKey>, in executor: some PostgresExecutor) async throws(PostgresError) -> APIKey? {
        try await executor.queryOne(
            "SELECT \(unescaped: APIKeySQL.columns) FROM api_keys WHERE id = \(id)", as: APIKey.self)
    }

    /// The key after its revocation; nil where there is none that was not revoked before.
    func revoke(
        _ id: ID<APIKey>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> APIKey? {
        try await transaction.queryOne(
            """
            UPDATE api_keys SET revoked_at = \(time) WHERE id = \(id) AND revoked_at IS NULL
            RETURNING \(unescaped: APIKeySQL.columns)
            """, as: APIKey.self)
    }

    /// Those of a vendor that were not revoked before.
    func revokeAll(
        of vendor: UUID, as role: Role, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<APIKey>] {
        try await transaction.queryValues(
            """
            UPDATE api_keys SET revoked_at = \(time)
            WHERE vendor_id = \(vendor) AND role = \(role.rawValue) AND revoked_at IS NULL RETURNING id
            """, as: ID<APIKey>.self)
    }

    /// - Returns: false where a key with this token is known.
    func insertIfUnknown(
        _ key: APIKey, tokenHash: [UInt8], in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(APIKeySQL.insert(key, tokenHash: tokenHash, orNothing: true)) == 1
    }
}

extension APIKey: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let name: String = try row.decode("role")
        guard let role = Role(rawValue: name) else { throw .decoding("\(name) is not a role") }
        self.init(
            id: try row.decode("id"), name: try row.decode("name"), prefix: try row.decode("prefix"), role: role,
            vendor: try row.decode("vendor_id"), createdAt: try row.decode("created_at"),
            expiresAt: try row.decode("expires_at"), revokedAt: try row.decode("revoked_at"),
            isBootstrap: try row.decode("is_bootstrap"))
    }
}

private enum APIKeySQL {
    static let columns = "id, name, prefix, role, vendor_id, created_at, expires_at, revoked_at, is_bootstrap"

    static func list(before: ID<APIKey>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: "SELECT \(columns) FROM api_keys WHERE \(fromCursor) ORDER BY id DESC LIMIT $2",
            parameters: [before, limit])
    }

    static func insert(_ key: APIKey, tokenHash: [UInt8], orNothing: Bool = false) -> PostgresStatement {
        """
        INSERT INTO api_keys (\(unescaped: columns), token_hash)
        VALUES (\(key.id), \(key.name), \(key.prefix), \(key.role.rawValue), \(key.vendor), \(key.createdAt),
            \(key.expiresAt), \(key.revokedAt), \(key.isBootstrap), \(tokenHash))
        \(unescaped: orNothing ? "ON CONFLICT (token_hash) DO NOTHING" : "")
        """
    }
}
