package import Core
import Foundation
import Postgres
import Vault

/// A program that makes codes from a seed that it shares with us.
package enum Authenticator: IdentifiedByTypeID {
    package static let typePrefix = "otp"
}

/// What an authenticator is set up with; shown once.
package struct AuthenticatorSetup: Sendable {
    /// Base 32, to be typed.
    package let secret: Secret
    /// The same as an `otpauth` URI, to be shown as a QR code.
    package let uri: Secret

    /// - Parameters:
    ///   - issuer: who the codes are for, such as "shop.example".
    ///   - label: which account, for those who have several.
    init(seed: [UInt8], issuer: String, label: String) {
        let secret = Base32.encode(seed)
        let (issuer, label) = (Self.escaped(issuer), Self.escaped(label))
        self.secret = Secret(secret)
        uri = Secret("otpauth://totp/\(issuer):\(label)?secret=\(secret)&issuer=\(issuer)&digits=6&period=30")
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if byte < 0x80,
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-._~".unicodeScalars.contains(scalar)
            {
                escaped.unicodeScalars.append(scalar)
            } else {
                escaped += "%" + Hexadecimal.encode([byte]).uppercased()
            }
        }
        return escaped
    }
}

/// Seals the seeds of authenticators.
struct AuthenticatorVault: Sendable {
    static let scope = KeyScope("totp")

    let vault: Vault

    func seal(
        _ seed: [UInt8], of id: ID<Authenticator>, in executor: some PostgresExecutor
    ) async throws -> [UInt8] {
        try await vault.seal(seed, at: Self.place(id), under: Self.scope, in: executor)
    }

    func open(_ factor: StoredFactor, in executor: some PostgresExecutor) async throws -> TimeBasedCode {
        TimeBasedCode(seed: try await vault.open(factor.sealedSeed, at: Self.place(factor.id), in: executor))
    }

    static func place(_ id: ID<Authenticator>) -> SealedPlace {
        SealedPlace(table: "totp_factors", column: "seed", row: id)
    }
}
