package import Core
package import Foundation
package import Postgres
package import Vault
package import Vendors

/// Finds what a licence key was sold with. Keys are in the database only sealed, and are found by digests that each vendor's own index
/// key makes: whoever asks has to have the key's text.
package struct FindLicenceKey: Sendable {
    /// The keys of so many vendors are looked through at once; where there are more, the vendor has to be named.
    package static let mostVendors = 1_000

    private let vault: Vault

    package init(vault: Vault) { self.vault = vault }

    /// The order lines that have the key, however it is written.
    /// - Parameter vendor: whose key it is; nil where nobody knows: it is looked for among everybody's, up to `mostVendors`.
    /// - Throws: `VaultError`; `PostgresError`.
    package func lines(
        having text: String, of vendor: ID<Vendor>?, in executor: some PostgresExecutor
    ) async throws -> [UUID] {
        let text = ImportLicenceKeys.longKey.normalized(text)
        guard ImportLicenceKeys.longKey.violations(of: text).isEmpty else { return [] }
        let secret = Array(ImportLicenceKeys.longKey.canonical(text).utf8)
        let keys = try await vault.indexKeys(of: vendor.map(KeyScope.vendor), atMost: Self.mostVendors, in: executor)
        let candidates = keys.compactMap { key in key.scope.vendor.map { ($0, key.key.digest(of: secret)) } }
        guard !candidates.isEmpty else { return [] }
        return try await executor.queryValues(
            """
            SELECT order_line_id FROM unnest(\(candidates.map(\.0)), \(candidates.map(\.1))) AS candidate (vendor_id, fingerprint)
            JOIN licence_keys USING (vendor_id, fingerprint) WHERE order_line_id IS NOT NULL
            """, as: UUID.self)
    }
}
