package import Core
package import Jobs
import Postgres
package import Vault

/// Seals the secrets of endpoints.
struct WebhookSecretVault: Sendable {
    static let scope = KeyScope("webhook_secrets")

    let vault: Vault

    func seal(
        _ key: WebhookSigningKey, as id: ID<WebhookSecret>, in executor: some PostgresExecutor
    ) async throws -> SealedWebhookSecret {
        SealedWebhookSecret(
            id: id, sealed: try await vault.seal(key.bytes, at: Self.place(id), under: Self.scope, in: executor))
    }

    func open(_ secret: SealedWebhookSecret, in executor: some PostgresExecutor) async throws -> WebhookSigningKey {
        let bytes = try await vault.open(secret.sealed, at: Self.place(secret.id), in: executor)
        guard let key = WebhookSigningKey(bytes: bytes) else { throw VaultError.damaged }
        return key
    }

    static func place(_ id: ID<WebhookSecret>) -> SealedPlace {
        SealedPlace(table: "webhook_endpoint_secrets", column: "secret", row: id)
    }
}

/// Seals the secrets of endpoints under retired data keys under new ones. It works in batches beside everything else; what an interruption
/// has left is done by the next run.
package struct ResealWebhookSecrets: Sendable {
    private let store = WebhookSecretStore()
    private let vault: Vault
    private let audit: AuditStore

    package init(vault: Vault, audit: AuditStore) {
        self.vault = vault
        self.audit = audit
    }

    /// Does so for one scope; there is nothing to do for another than that of these secrets.
    /// - Parameter batch: how many in one transaction.
    /// - Returns: how many were sealed anew.
    /// - Throws: `VaultError`; `PostgresError`.
    package func callAsFunction(
        of scope: KeyScope, by actor: AuditActor, batch: Int, in works: some WorkScope
    ) async throws -> Int {
        guard scope == WebhookSecretVault.scope else { return 0 }
        var (count, position) = (0, ID<WebhookSecret>?.none)
        while true {
            let start = position
            let done = try await works.withUnitOfWork { work in
                try await reseal(after: start, batch: batch, by: actor, in: work)
            }
            guard let last = done.last else { return count }
            (count, position) = (count + done.count, last)
        }
    }

    /// Those that it has sealed, in their order.
    private func reseal(
        after position: ID<WebhookSecret>?, batch: Int, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> [ID<WebhookSecret>] {
        let secrets = try await store.underRetiredDataKeys(after: position, limit: batch, in: work)
        guard !secrets.isEmpty else { return [] }
        let key = try await vault.keys(for: WebhookSecretVault.scope, sealing: secrets.count, in: work).sealing
        for secret in secrets {
            let place = WebhookSecretVault.place(secret.id)
            let bytes = try await vault.open(secret.sealed, at: place, in: work)
            try await store.reseal(secret.id, as: try key.seal(bytes, at: place), in: work)
        }
        try await audit.append(
            AuditEntry(
                actor: actor, action: "webhook_secrets.resealed", subject: RewrapDataKeys.subject,
                payload: ["count": .integer(Int64(secrets.count))]), in: work)
        return secrets.map(\.id)
    }
}
