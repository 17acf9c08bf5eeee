import Core
package import Foundation
package import Postgres
package import Vendors

/// Decrypts keys that were bought. Whoever reveals keys puts it on record in the same transaction.
package struct LicenceKeyVault: Sendable {
    private let store = LicenceKeyStore()
    private let keyring: VendorKeyring

    package init(keyring: VendorKeyring) { self.keyring = keyring }

    /// The keys of order lines in the clear, in the order of lines and units. Two round trips.
    /// - Throws: `VendorKeyError`; `PostgresError`.
    package func reveal(lines: [UUID], in transaction: some PostgresExecutor) async throws -> [RevealedKey] {
        let assigned = try await store.assigned(to: lines, in: transaction)
        guard !assigned.isEmpty else { return [] }
        let dataKeys = try await keyring.dataKeys(of: Array(Set(assigned.map(\.key.vendor))), in: transaction)
        return try assigned.map { row in
            guard let dataKey = dataKeys[row.key.vendor] else {
                throw VendorKeyError.missing(vendor: row.key.vendor.description)
            }
            let plaintext = try dataKey.open(row.key.ciphertext, context: row.key.id.uuid)
            return RevealedKey(
                id: row.key.id, line: row.line, variant: row.key.variant, unit: row.unit,
                key: Secret(String(decoding: plaintext, as: UTF8.self)))
        }
    }
}
