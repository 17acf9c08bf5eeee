package import Core
package import Jobs
import Postgres
package import Vault

/// Seals the seeds of authenticators under retired data keys under new ones. It works in batches beside everything else; what an
/// interruption has left is done by the next run.
package struct ResealAuthenticators: Sendable {
    private let store = SecondFactorStore()
    private let vault: Vault
    private let audit: AuditStore

    package init(vault: Vault, audit: AuditStore) {
        self.vault = vault
        self.audit = audit
    }

    /// Does so for one scope; there is nothing to do for another than that of authenticators.
    /// - Parameter batch: how many in one transaction.
    /// - Returns: how many seeds were sealed anew.
    /// - Throws: `VaultError`; `PostgresError`.
    package func callAsFunction(
        of scope: KeyScope, by actor: AuditActor, batch: Int, in works: some WorkScope
    ) async throws -> Int {
        guard scope == AuthenticatorVault.scope else { return 0 }
        var (count, position) = (0, ID<Authenticator>?.none)
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
        after position: ID<Authenticator>?, batch: Int, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> [ID<Authenticator>] {
        let factors = try await store.underRetiredDataKeys(after: position, limit: batch, in: work)
        guard !factors.isEmpty else { return [] }
        let key = try await vault.keys(for: AuthenticatorVault.scope, sealing: factors.count, in: work).sealing
        for factor in factors {
            let place = AuthenticatorVault.place(factor.id)
            let seed = try await vault.open(factor.sealedSeed, at: place, in: work)
            try await store.reseal(factor.id, as: try key.seal(seed, at: place), in: work)
        }
        try await audit.append(
            AuditEntry(
                actor: actor, action: "authenticators.resealed", subject: RewrapDataKeys.subject,
                payload: ["count": .integer(Int64(factors.count))]), in: work)
        return factors.map(\.id)
    }
}
