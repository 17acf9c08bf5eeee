package import Core
import Crypto
import Foundation

/// The key-encryption keys that the settings name, by their fingerprints.
struct KeyEncryption: Sendable {
    /// Of the current key, then of those before it.
    let fingerprints: [String]
    private let keys: [String: SymmetricKey]

    init(_ roots: RootKeys) {
        fingerprints = roots.all.map(\.fingerprint)
        keys = Dictionary(
            roots.all.map { ($0.fingerprint, $0.derived(for: "data-keys")) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Throws: `VaultError.unknownEncryptionKey` where the settings do not name the key.
    func requireKnown(_ fingerprint: String) throws(VaultError) {
        guard keys[fingerprint] == nil else { return }
        throw .unknownEncryptionKey(stored: fingerprint, configured: fingerprints)
    }

    /// A new data key that nobody knows.
    func make(_ id: UUID, _ scope: KeyScope, _ purpose: KeyPurpose, by fingerprint: String) throws -> WrappedKey {
        try wrap(SymmetricKey(size: .bits256), id, scope, purpose, by: fingerprint)
    }

    /// The same data key, wrapped with another key-encryption key.
    func rewrap(_ wrapped: WrappedKey, by fingerprint: String) throws -> WrappedKey {
        try wrap(unwrap(wrapped), wrapped.id, wrapped.scope, wrapped.purpose, by: fingerprint)
    }

    /// - Throws: `VaultError.unknownEncryptionKey`, `.damaged`.
    func unwrap(_ wrapped: WrappedKey) throws(VaultError) -> SymmetricKey {
        try requireKnown(wrapped.wrappedBy)
        guard let key = keys[wrapped.wrappedBy], let box = try? AES.GCM.SealedBox(combined: wrapped.bytes),
            let bytes = try? AES.GCM.open(
                box, using: key, authenticating: Self.authenticated(wrapped.id, wrapped.scope, wrapped.purpose))
        else { throw .damaged }
        return SymmetricKey(data: bytes)
    }

    private func wrap(
        _ dataKey: SymmetricKey, _ id: UUID, _ scope: KeyScope, _ purpose: KeyPurpose, by fingerprint: String
    ) throws -> WrappedKey {
        guard let key = keys[fingerprint] else {
            throw VaultError.unknownEncryptionKey(stored: fingerprint, configured: fingerprints)
        }
        let box = try AES.GCM.seal(
            dataKey.withUnsafeBytes { Array($0) }, using: key, authenticating: Self.authenticated(id, scope, purpose))
        return WrappedKey(
            id: id, scope: scope, purpose: purpose, bytes: Array(box.nonce) + Array(box.ciphertext) + Array(box.tag),
            wrappedBy: fingerprint)
    }

    private static func authenticated(_ id: UUID, _ scope: KeyScope, _ purpose: KeyPurpose) -> [UInt8] {
        AuthenticatedParts.bytes(of: ["haat.data-key.v1", id.uuidString, scope.name, purpose.rawValue])
    }
}
