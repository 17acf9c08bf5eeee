package import Core
import Crypto

/// The secret with which a customer without an account reaches one order. Only its SHA-256 is stored.
package struct AccessToken: Sendable {
    /// What the customer gets, once.
    package let text: Secret

    private static let byteCount = 32

    init(using generator: inout some RandomNumberGenerator) {
        let bytes = (0..<Self.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        self.init(bytes: bytes)
    }

    /// - Parameter bytes: 32 that nobody can guess.
    init(bytes: [UInt8]) { text = Secret(Base64URL.encode(bytes)) }

    var hash: [UInt8] { Self.hash(text.reveal()) }

    static func hash(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }
}

extension Order {
    /// Whether `token` is this order's access token; the time it takes does not tell how much of it is right.
    package func isOpened(by token: String) -> Bool {
        ConstantTime.areEqual(AccessToken.hash(token), accessTokenHash)
    }
}
