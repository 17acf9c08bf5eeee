package import Core
import Crypto
package import Foundation

/// The codes of verifications. Each is derived from its verification's id with a key of the installation, so that none is stored:
/// whoever sends the message computes it again, and a copy of the database tells nothing.
package struct VerificationCodes: Sendable {
    private let current: SymmetricKey
    private let all: [SymmetricKey]

    /// - Parameter keys: HAAT_ENCRYPTION_KEY and those before it: what was sent before a rotation still counts.
    package init(keys: RootKeys) {
        current = Self.derived(from: keys.current)
        all = keys.all.map(Self.derived)
    }

    package func code(of verification: ID<Verification>) -> OneTimeCode { Self.code(of: verification, with: current) }

    func isCode(_ code: OneTimeCode, of verification: ID<Verification>) -> Bool {
        // No early end: the time does not tell which key it was.
        all.reduce(false) { found, key in Self.code(of: verification, with: key).matches(code) || found }
    }

    private static func derived(from key: EncryptionKey) -> SymmetricKey { key.derived(for: "verification-code") }

    private static func code(of verification: ID<Verification>, with key: SymmetricKey) -> OneTimeCode {
        let mac = HMAC<SHA256>.authenticationCode(for: Array(verification.description.utf8), using: key)
        // 64 bits: the last six digits are even but for one in ten million millions.
        return OneTimeCode(truncating: Array(mac).prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}
