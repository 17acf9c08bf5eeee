package import Core
package import Foundation
package import Postgres

/// Seals and opens secrets at rest. Each scope has data keys, which are stored encrypted with the installation's key-encryption key
/// (envelope encryption): to rotate that one, only data keys are wrapped anew.
package struct Vault: Sendable {
    /// How often a key is looked for that others may be making meanwhile.
    private static let attempts = 5

    let encryption: KeyEncryption
    let store = DataKeyStore()
    private let register: KeyRegister
    private let recent: RecentDataKeys
    private let ids: UUIDv7Generator
    private let messageLimit: Int64

    /// - Parameters:
    ///   - keys: HAAT_ENCRYPTION_KEY and those before it.
    ///   - messageLimit: how many secrets a data key seals before the next one takes over.
    package init(
        keys: RootKeys, ids: UUIDv7Generator, messageLimit: Int64 = DataKey.messageLimit,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        encryption = KeyEncryption(keys)
        register = KeyRegister(encryption: encryption)
        recent = RecentDataKeys(now: now)
        self.ids = ids
        self.messageLimit = messageLimit
    }

    /// The keys of a scope, made where there are none. The caller's transaction is counted to seal `count` secrets, and holds the data
    /// key's row until it ends. One round trip where the scope has keys.
    /// - Throws: `VaultError`; `PostgresError`.
    package func keys(
        for scope: KeyScope, sealing count: Int, in transaction: some PostgresExecutor
    ) async throws -> ScopeKeys {
        guard count <= messageLimit else { throw VaultError.tooMany }
        let found = try await found(KeyPurpose.allCases, of: scope, in: transaction) {
            try unwrap(try await store.take(scope, count: Int64(count), limit: messageLimit, in: transaction))
        }
        return found.keys
    }

    private func unwrap(_ found: [WrappedKey]) throws -> ScopeKeys? {
        guard let sealing = found.first(where: { $0.purpose == .seal }),
            let index = found.first(where: { $0.purpose == .index })
        else { return nil }
        return ScopeKeys(
            sealing: DataKey(id: sealing.id, key: try encryption.unwrap(sealing)),
            index: IndexKey(key: try encryption.unwrap(index)))
    }

    /// The key by which a scope's secrets are found, made where there is none: for one that seals nothing.
    /// - Throws: `VaultError`; `PostgresError`.
    package func indexKey(of scope: KeyScope, in transaction: some PostgresExecutor) async throws -> IndexKey {
        try await found([.index], of: scope, in: transaction) { () throws -> IndexKey? in
            try await indexKeys(of: scope, atMost: 1, in: transaction).first?.key
        }.keys
    }

    /// Seals one secret of a scope whose secrets are too many to be counted each. Its data key lasts a day: more than 49,000 a second
    /// would have to be sealed for that to be too long. No round trip but one a minute.
    /// - Throws: `VaultError`; `PostgresError`.
    package func seal(
        _ plaintext: [UInt8], at place: SealedPlace, under scope: KeyScope, in executor: some PostgresExecutor
    ) async throws -> [UInt8] {
        try await dailyKey(of: scope, in: executor).seal(plaintext, at: place)
    }

    /// A key that this very transaction has made is not remembered: it may be rolled back.
    private func dailyKey(of scope: KeyScope, in executor: some PostgresExecutor) async throws -> DataKey {
        if let key = recent.sealingKey(of: scope) { return key }
        let found = try await found([.seal], of: scope, in: executor) { () throws -> DataKey? in
            guard let wrapped = try await store.ofToday(scope, in: executor) else { return nil }
            return DataKey(id: wrapped.id, key: try encryption.unwrap(wrapped))
        }
        if !found.isNew { recent.remember(found.keys, sealing: scope) }
        return found.keys
    }

    /// What `look` finds; where that is nothing, the next generation is made. Its number is read before the last look, so that nobody makes
    /// another one beside that of somebody who was faster.
    private func found<Keys>(
        _ purposes: [KeyPurpose], of scope: KeyScope, in executor: some PostgresExecutor,
        _ look: () async throws -> Keys?
    ) async throws -> (keys: Keys, isNew: Bool) {
        var newest: Int64?
        var isNew = false
        for _ in 0..<Self.attempts {
            if let keys = try await look() { return (keys, isNew) }
            if let newest {
                try await make(purposes, of: scope, after: newest, in: executor)
                isNew = true
            }
            newest = try await store.newestGeneration(of: scope, in: executor)
        }
        throw VaultError.noDataKey(scope)
    }

    /// Opens one secret, with whatever data key it names. A round trip where that key was not used within the last minute.
    /// - Throws: `VaultError`; `PostgresError`.
    package func open(
        _ sealed: [UInt8], at place: SealedPlace, in executor: some PostgresExecutor
    ) async throws -> [UInt8] {
        let id = try SealedBox.dataKey(of: sealed)
        if let key = recent.key(id) { return try key.open(sealed, at: place) }
        guard let wrapped = try await store.key(id, in: executor) else { throw VaultError.unknownDataKey(id) }
        let key = DataKey(id: id, key: try encryption.unwrap(wrapped))
        let plaintext = try key.open(sealed, at: place)
        recent.remember(key)
        return plaintext
    }

    /// Data keys that were read together with the secrets that they open, by their identifiers; each is unwrapped once.
    /// - Throws: `VaultError`.
    package func unwrapped(_ wrapped: some Sequence<WrappedKey>) throws(VaultError) -> [UUID: DataKey] {
        var keys: [UUID: DataKey] = [:]
        for key in wrapped where keys[key.id] == nil {
            keys[key.id] = DataKey(id: key.id, key: try encryption.unwrap(key))
        }
        return keys
    }

    /// Where somebody else makes the same generation, theirs stays.
    private func make(
        _ purposes: [KeyPurpose], of scope: KeyScope, after generation: Int64, in transaction: some PostgresExecutor
    ) async throws {
        let fingerprint = try await register.keyInUse(in: transaction)
        for purpose in purposes {
            let key = try encryption.make(ids.next(), scope, purpose, by: fingerprint)
            try await store.insert(key, after: generation, in: transaction)
        }
    }
}
