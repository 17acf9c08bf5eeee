package import Core
import Faults
import Foundation
package import Jobs

/// Wraps all data keys with the key-encryption key that is in use. Secrets stay as they are. It works in batches beside everything else;
/// what an interruption has left is done by the next run.
package struct RewrapDataKeys: Sendable {
    /// Wraps what an interrupted rotation has left.
    package struct Job: JobPayload {
        package static let kind = "maintenance.rewrap_data_keys"
        package static let queue = QueueName.maintenance

        package init() {}
    }

    /// How many data keys one transaction wraps.
    package static let batch = 500

    private let vault: Vault
    private let register: KeyRegister
    private let audit: AuditStore

    package init(vault: Vault, audit: AuditStore) {
        self.vault = vault
        self.audit = audit
        register = KeyRegister(encryption: vault.encryption)
    }

    /// From the commit on, data keys are wrapped with HAAT_ENCRYPTION_KEY: every process has to know it by then.
    /// - Returns: false where they were already.
    /// - Throws: `VaultError` where the settings do not name the key before it; `PostgresError`.
    package func putCurrentKeyInUse(by actor: AuditActor, in work: UnitOfWork) async throws -> Bool {
        guard let before = try await register.putCurrentInUse(in: work) else { return false }
        try await audit.append(
            AuditEntry(
                actor: actor, action: "encryption_key.rotated", subject: Self.subject,
                payload: ["from": .string(before), "to": .string(vault.encryption.fingerprints[0])]),
            in: work)
        return true
    }

    /// How many data keys it has wrapped anew.
    /// - Parameter batch: how many in one transaction.
    /// - Throws: `VaultError` where the settings do not name a key that is needed; `PostgresError`.
    package func callAsFunction(
        by actor: AuditActor, batch: Int = Self.batch, in scope: some WorkScope
    ) async throws -> Int {
        var (count, position) = (0, UUID.lowest)
        while true {
            let start = position
            let done = try await scope.withUnitOfWork { work in
                try await rewrap(after: start, batch: batch, by: actor, in: work)
            }
            guard let last = done.last else { return count }
            faultPoint("vault.rewrapped")
            (count, position) = (count + done.count, last)
        }
    }

    /// The same as a job.
    package func run(in claim: some Claim) async throws {
        try await claim.hold()
        _ = try await self(by: .system, in: claim)
        try await claim.finish { _ in }
    }

    /// The identifiers of those that it has wrapped, in their order.
    private func rewrap(
        after position: UUID, batch: Int, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> [UUID] {
        let fingerprint = try await register.keyInUse(in: work)
        let old = try await vault.store.lockWrappedByOthers(
            than: fingerprint, after: position, limit: batch, in: work)
        guard !old.isEmpty else { return [] }
        try await vault.store.replace(old.map { try vault.encryption.rewrap($0, by: fingerprint) }, in: work)
        try await audit.append(
            AuditEntry(
                actor: actor, action: "data_keys.rewrapped", subject: Self.subject,
                payload: ["count": .integer(Int64(old.count)), "to": .string(fingerprint)]),
            in: work)
        return old.map(\.id)
    }

    /// What is done to the vault as a whole is one chain of the audit trail.
    package static let subject = "vault"
}
