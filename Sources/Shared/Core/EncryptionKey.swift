package import Crypto
import Foundation

/// A root key of the installation. It encrypts nothing itself: every purpose has a key of its own derived from it.
package struct EncryptionKey: Sendable, CustomStringConvertible {
    private let root: SymmetricKey

    package static let byteCount = 32

    /// - Throws: `EncryptionKeyError.wrongLength` unless there are 32 bytes.
    package init(bytes: [UInt8]) throws(EncryptionKeyError) {
        guard bytes.count == Self.byteCount else { throw .wrongLength(bytes.count) }
        root = SymmetricKey(data: bytes)
    }

    /// A new key that nobody knows.
    package init() { root = SymmetricKey(size: .bits256) }

    /// The 32-byte key for one purpose, such as "audit"; the same for the same root and purpose (HKDF-SHA256).
    package func derived(for purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: root, info: Array("haat/\(purpose)/v1".utf8), outputByteCount: Self.byteCount)
    }

    /// 16 hexadecimal digits that tell this key from another without revealing it.
    package var fingerprint: String {
        let digest = derived(for: "fingerprint").withUnsafeBytes { SHA256.hash(data: $0) }
        return Hexadecimal.encode(digest.prefix(8))
    }

    package var description: String { "[redacted key \(fingerprint)]" }
}

package enum EncryptionKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    case wrongLength(Int)

    package var description: String {
        switch self {
        case .wrongLength(let count): "the key must have \(EncryptionKey.byteCount) bytes, not \(count)"
        }
    }
}
