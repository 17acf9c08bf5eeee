import Crypto
package import Foundation

/// A key that seals secrets of one scope. Nonces are random, so it seals `messageLimit` secrets at most (NIST SP 800-38D, 8.3).
package struct DataKey: Sendable, CustomStringConvertible, CustomReflectable {
    package static let messageLimit: Int64 = 1 << 32
    /// What sealing adds to a secret, in bytes.
    package static let overhead = SealedBox.overhead

    package let id: UUID
    private let key: SymmetricKey

    init(id: UUID, key: SymmetricKey) {
        self.id = id
        self.key = key
    }

    package func seal(_ plaintext: [UInt8], at place: SealedPlace) throws -> [UInt8] {
        try SealedBox.seal(plaintext, with: key, id: id, at: place)
    }

    /// - Throws: `VaultError.unknownFormat`, `.unknownDataKey`, `.damaged`.
    package func open(_ sealed: [UInt8], at place: SealedPlace) throws(VaultError) -> [UInt8] {
        try SealedBox.open(sealed, with: key, id: id, at: place)
    }

    package var description: String { "[data key \(id)]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A key that makes equal digests of equal secrets of one scope. Nothing can be learned from them without it.
package struct IndexKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: SymmetricKey

    init(key: SymmetricKey) { self.key = key }

    /// 32 bytes.
    package func digest(of secret: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: secret, using: key))
    }

    package var description: String { "[index key]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a scope's secrets are sealed with and found by.
package struct ScopeKeys: Sendable {
    package let sealing: DataKey
    package let index: IndexKey
}
