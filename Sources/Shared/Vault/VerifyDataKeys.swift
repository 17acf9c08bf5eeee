package import Core
import Foundation
package import Postgres

/// Whether the settings' keys open every data key.
package struct VerifyDataKeys: Sendable {
    private static let batch = 1000

    private let vault: Vault

    package init(vault: Vault) { self.vault = vault }

    /// How many data keys there are, all of which can be opened.
    /// - Throws: `VaultError` for the first that can't; `PostgresError`.
    package func callAsFunction(in executor: some PostgresExecutor) async throws -> Int {
        var (count, position) = (0, UUID.lowest)
        while true {
            let keys = try await vault.store.keys(after: position, limit: Self.batch, in: executor)
            guard let last = keys.last else { return count }
            for key in keys { _ = try vault.encryption.unwrap(key) }
            (count, position) = (count + keys.count, last.id)
        }
    }
}
