import Postgres

/// Which key-encryption key wraps data keys. The database says so and not the settings: as long as processes with older and newer
/// settings run side by side, all of them can unwrap what any of them has wrapped.
struct KeyRegister: Sendable {
    let encryption: KeyEncryption
    private let store = DataKeyStore()

    init(encryption: KeyEncryption) { self.encryption = encryption }

    /// Its fingerprint, which stays true until the transaction ends. The first key of an installation is registered by whoever comes first.
    /// - Throws: `VaultError.unknownEncryptionKey` where the settings do not name it; `PostgresError`.
    func keyInUse(in transaction: some PostgresExecutor) async throws -> String {
        // Again, where somebody has registered or replaced one in between.
        for _ in 0..<3 {
            if let fingerprint = try await store.lockKeyInUse(in: transaction) {
                try encryption.requireKnown(fingerprint)
                return fingerprint
            }
            try await store.registerFirst(encryption.fingerprints[0], in: transaction)
        }
        throw PostgresError.decoding("no key version is in use")
    }

    /// Makes the settings' current key the one that wraps.
    /// - Returns: the key before it; nil where it was in use already.
    /// - Throws: as `keyInUse`.
    func putCurrentInUse(in transaction: some PostgresExecutor) async throws -> String? {
        let before = try await keyInUse(in: transaction)
        guard before != encryption.fingerprints[0] else { return nil }
        try await store.replaceKeyInUse(with: encryption.fingerprints[0], in: transaction)
        return before
    }
}
