package import Core
package import Foundation
package import Postgres
package import Vault
package import Vendors

/// Decrypts keys that were bought. Whoever reveals keys puts it on record in the same transaction.
package struct LicenceKeyVault: Sendable {
    private let store = LicenceKeyStore()
    private let vault: Vault

    package init(vault: Vault) { self.vault = vault }

    /// The keys of order lines in the clear, in the order of lines and units. One round trip.
    /// - Throws: `VaultError`; `PostgresError`.
    package func reveal(lines: [UUID], in transaction: some PostgresExecutor) async throws -> [RevealedKey] {
        let assigned = try await store.assigned(to: lines, in: transaction)
        let plaintexts = try open(assigned.map(\.key))
        return zip(assigned, plaintexts).map { row, plaintext in
            RevealedKey(
                id: row.key.id, line: row.line, variant: row.variant, unit: row.unit,
                key: Secret(String(decoding: plaintext, as: UTF8.self)))
        }
    }

    /// How many of the newest keys there are, up to `count`, all of which can be opened.
    /// - Throws: `VaultError` for one that can't; `PostgresError`.
    package func verify(newest count: Int, in executor: some PostgresExecutor) async throws -> Int {
        try open(try await store.newest(count, in: executor)).count
    }

    private func open(_ keys: [SealedLicenceKey]) throws(VaultError) -> [[UInt8]] {
        let dataKeys = try vault.unwrapped(keys.map(\.dataKey))
        var plaintexts: [[UInt8]] = []
        for key in keys {
            guard let dataKey = dataKeys[key.dataKeyID] else { throw .noDataKey(.vendor(key.vendor)) }
            plaintexts.append(try dataKey.open(key.ciphertext, at: .licenceKey(key.id)))
        }
        return plaintexts
    }
}

extension SealedPlace {
    /// Under the name that a key's id had when the first ones were sealed.
    static func licenceKey(_ id: ID<LicenceKey>) -> SealedPlace {
        SealedPlace(table: "licence_keys", column: "ciphertext", row: TypeID.encode(prefix: "key", uuid: id.uuid))
    }
}
