package import Core
import Faults
package import Jobs
import Postgres
package import Vault
import Vendors

/// Seals the licence keys of retired data keys under new ones. It works in batches beside everything else; what an interruption has left
/// is done by the next run.
package struct ResealLicenceKeys: Sendable {
    /// How many keys one transaction seals: while it commits, deliveries wait for these.
    package static let batch = 200

    private let store = LicenceKeyStore()
    private let vault: Vault
    private let audit: AuditStore

    package init(vault: Vault, audit: AuditStore) {
        self.vault = vault
        self.audit = audit
    }

    /// Does so for one scope, which may also be none of a vendor's: then there is nothing to do.
    /// - Parameter batch: how many in one transaction.
    /// - Returns: how many keys were sealed anew.
    /// - Throws: `VaultError`; `PostgresError`.
    package func callAsFunction(
        of scope: KeyScope, by actor: AuditActor, batch: Int = Self.batch, in works: some WorkScope
    ) async throws -> Int {
        guard let vendor = scope.vendor else { return 0 }
        var (count, position) = (0, [UInt8]())
        while true {
            let start = position
            let done = try await works.withUnitOfWork { work in
                try await reseal(of: vendor, after: start, batch: batch, by: actor, in: work)
            }
            guard let last = done.last else { return count }
            faultPoint("vault.resealed")
            (count, position) = (count + done.count, last)
        }
    }

    /// The fingerprints of those that it has sealed, in their order.
    private func reseal(
        of vendor: ID<Vendor>, after position: [UInt8], batch: Int, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> [[UInt8]] {
        let keys = try await store.underRetiredDataKeys(of: vendor, after: position, limit: batch, in: work)
        guard !keys.isEmpty else { return [] }
        let dataKeys = try vault.unwrapped(keys.map(\.dataKey))
        let sealing = try await vault.keys(for: .vendor(vendor), sealing: keys.count, in: work).sealing
        let resealed = try keys.map { key in
            guard let dataKey = dataKeys[key.dataKeyID] else { throw VaultError.noDataKey(.vendor(vendor)) }
            let place = SealedPlace.licenceKey(key.id)
            return try sealing.seal(dataKey.open(key.ciphertext, at: place), at: place)
        }
        try await store.reseal(keys, as: resealed, under: sealing.id, in: work)
        try await audit.append(
            AuditEntry(
                actor: actor, action: "licence_keys.resealed", subject: vendor,
                payload: ["count": .integer(Int64(keys.count))]), in: work)
        return keys.map(\.fingerprint)
    }
}
