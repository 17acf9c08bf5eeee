import Core
import Crypto
package import Foundation

/// The key that encrypts one vendor's secrets at rest (AES-256-GCM).
package struct VendorDataKey: Sendable {
    private let key: SymmetricKey

    init(key: SymmetricKey) { self.key = key }

    static func random() -> VendorDataKey { VendorDataKey(key: SymmetricKey(size: .bits256)) }

    /// Nonce, ciphertext and tag. `context` is bound to it: opening with another context fails.
    package func seal(_ plaintext: [UInt8], context: UUID) throws -> [UInt8] {
        Array(try VendorCipher.seal(plaintext, with: key, context: context))
    }

    /// - Throws: `VendorKeyError.damaged` when the bytes, the key or the context are not those of `seal`.
    package func open(_ sealed: [UInt8], context: UUID) throws(VendorKeyError) -> [UInt8] {
        guard let plaintext = VendorCipher.open(sealed, with: key, context: context) else { throw .damaged }
        return plaintext
    }

    /// A keyed digest of `plaintext`: equal for equal secrets of this vendor, if it is what they are compared by, and nothing can be learned from it without the key.
    package func fingerprint(of plaintext: [UInt8]) -> [UInt8] {
        let fingerprintKey = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Array("haat/licence-key-fingerprint/v1".utf8), outputByteCount: 32)
        return Array(HMAC<SHA256>.authenticationCode(for: plaintext, using: fingerprintKey))
    }

    func wrapped(with wrappingKey: SymmetricKey, context: UUID) throws -> [UInt8] {
        try VendorCipher.seal(key.withUnsafeBytes { Array($0) }, with: wrappingKey, context: context)
    }
}

/// A vendor's data key as it is stored.
package struct WrappedDataKey: Hashable, Sendable {
    let vendor: ID<Vendor>
    let bytes: [UInt8]
    let wrappingKeyFingerprint: String
}

/// Why a vendor's secrets can't be read.
package enum VendorKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// HAAT_ENCRYPTION_KEY is not the one with which the vendor's data key was wrapped.
    case wrongEncryptionKey(stored: String, configured: String)
    /// The stored bytes don't open with the right key: they were changed.
    case damaged
    case missing(vendor: String)

    package var description: String {
        switch self {
        case .wrongEncryptionKey(let stored, let configured):
            "HAAT_ENCRYPTION_KEY has the fingerprint \(configured), but the data was encrypted with the key \(stored)"
        case .damaged: "encrypted data does not match its authentication tag"
        case .missing(let vendor): "vendor \(vendor) has no data key"
        }
    }
}

enum VendorCipher {
    static func seal(_ plaintext: [UInt8], with key: SymmetricKey, context: UUID) throws -> [UInt8] {
        let box = try AES.GCM.seal(plaintext, using: key, authenticating: authenticated(context))
        return Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    static func open(_ sealed: [UInt8], with key: SymmetricKey, context: UUID) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let plaintext = try? AES.GCM.open(box, using: key, authenticating: authenticated(context))
        else { return nil }
        return Array(plaintext)
    }

    private static func authenticated(_ context: UUID) -> [UInt8] { Array(context.uuidString.utf8) }
}
