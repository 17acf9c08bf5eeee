package import Core
package import Foundation
package import Postgres

/// A key-encryption key that the installation has or had.
package struct KeyVersion: Hashable, Sendable {
    /// 1 for the first.
    package let version: Int64
    package let fingerprint: String
    package let introducedAt: Date
    /// Nil for the one that wraps.
    package let retiredAt: Date?
    /// How many data keys it has wrapped that no other has wrapped since.
    package let dataKeys: Int64
}

extension KeyVersion: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        version = try row.decode("version")
        fingerprint = try row.decode("fingerprint")
        introducedAt = try row.decode("introduced_at")
        retiredAt = try row.decode("retired_at")
        dataKeys = try row.decode("data_keys")
    }
}

/// What the database says of the key-encryption keys.
package struct KeyVersions: Sendable {
    private let store = DataKeyStore()

    package init() {}

    package func all(in executor: some PostgresExecutor) async throws(PostgresError) -> [KeyVersion] {
        try await store.versions(in: executor)
    }

    /// Compares the settings with the database, whose first key they become where it has none.
    /// - Returns: nil where the settings name every key that is needed, else why the processes can't work with them.
    package func objection(to keys: RootKeys, in executor: some PostgresExecutor) async throws -> String? {
        var versions = try await all(in: executor)
        if versions.isEmpty {
            try await store.registerFirst(keys.current.fingerprint, in: executor)
            versions = try await all(in: executor)
        }
        let fingerprints = keys.all.map(\.fingerprint)
        let unknown = versions.first {
            ($0.retiredAt == nil || $0.dataKeys > 0) && !fingerprints.contains($0.fingerprint)
        }
        return unknown.map { VaultError.text(stored: $0.fingerprint, configured: fingerprints) }
    }
}
