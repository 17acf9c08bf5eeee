import Core
import Foundation
package import Postgres
import Vault

/// All SQL about secrets of endpoints.
struct WebhookSecretStore: Sendable {
    /// Those that sign at a moment, the newest first.
    func secrets(
        of endpoint: ID<WebhookEndpoint>, at now: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [WebhookSecret] {
        try await executor.query(
            PostgresStatement(
                sql: """
                    SELECT id, created_at, expires_at FROM webhook_endpoint_secrets WHERE \(Self.isActive)
                    ORDER BY created_at DESC, id DESC LIMIT $3
                    """,
                parameters: [endpoint, now, WebhookSecret.mostAtOnce]), as: WebhookSecret.self)
    }

    /// The same as they are stored.
    func sealed(
        of endpoint: ID<WebhookEndpoint>, at now: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [SealedWebhookSecret] {
        try await executor.query(
            PostgresStatement(
                sql: """
                    SELECT id, secret FROM webhook_endpoint_secrets WHERE \(Self.isActive)
                    ORDER BY created_at DESC, id DESC LIMIT $3
                    """,
                parameters: [endpoint, now, WebhookSecret.mostAtOnce]), as: SealedWebhookSecret.self)
    }

    private static let isActive = "endpoint_id = $1 AND (expires_at IS NULL OR expires_at > $2)"

    func insert(
        _ secret: SealedWebhookSecret, of endpoint: ID<WebhookEndpoint>, at now: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO webhook_endpoint_secrets (id, endpoint_id, secret, created_at)
            VALUES (\(secret.id), \(endpoint), \(secret.sealed), \(now))
            """)
    }

    /// Those that sign now do so no longer than until then; what signs no more is deleted.
    func expire(
        _ endpoint: ID<WebhookEndpoint>, at moment: Date, now: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE webhook_endpoint_secrets SET expires_at = \(moment)
            WHERE endpoint_id = \(endpoint) AND (expires_at IS NULL OR expires_at > \(moment))
            """)
        try await transaction.pipeline(
            "DELETE FROM webhook_endpoint_secrets WHERE endpoint_id = \(endpoint) AND expires_at <= \(now)")
    }

    func remove(
        of endpoint: ID<WebhookEndpoint>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("DELETE FROM webhook_endpoint_secrets WHERE endpoint_id = \(endpoint)")
    }

    /// Those that retired data keys have sealed, in their order; they stay as they are until the transaction is over.
    func underRetiredDataKeys(
        after position: ID<WebhookSecret>?, limit: Int, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [SealedWebhookSecret] {
        let fromPosition = OptionalFilter.condition("owned.id > $2", "$2::uuid", isSet: position != nil)
        return try await transaction.query(
            PostgresStatement(
                sql: """
                    SELECT owned.id, owned.secret FROM data_keys AS key
                    JOIN webhook_endpoint_secrets AS owned ON \(SealedColumn.isSealed("owned.secret", under: "key"))
                    WHERE key.scope = $1 AND key.retired_at IS NOT NULL AND \(fromPosition)
                    ORDER BY owned.id LIMIT $3 FOR NO KEY UPDATE OF owned
                    """,
                parameters: [WebhookSecretVault.scope.name, position, limit]), as: SealedWebhookSecret.self)
    }

    func reseal(
        _ id: ID<WebhookSecret>, as sealed: [UInt8], in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("UPDATE webhook_endpoint_secrets SET secret = \(sealed) WHERE id = \(id)")
    }
}

/// A secret as it is stored.
struct SealedWebhookSecret: Sendable, PostgresRowDecodable {
    let id: ID<WebhookSecret>
    let sealed: [UInt8]

    init(id: ID<WebhookSecret>, sealed: [UInt8]) {
        self.id = id
        self.sealed = sealed
    }

    init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        sealed = try row.decode("secret")
    }
}

extension WebhookSecret: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), createdAt: try row.decode("created_at"), expiresAt: try row.decode("expires_at"))
    }
}
