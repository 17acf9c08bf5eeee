package import Core
import Crypto

/// A secret that is shown once and of which only the SHA-256 is stored: 32 random bytes after a prefix that tells its kind.
package struct OpaqueToken: Sendable {
    /// What it opens.
    package enum Kind: String, Sendable {
        /// A session of somebody who has signed in.
        case session = "hs_"
        /// A device on which somebody has signed in before.
        case device = "hd_"
        /// What a program may.
        case apiKey = "hk_"
        /// The way into a team.
        case invitation = "hi_"
        /// A guest's cart.
        case cart = "hc_"
    }

    /// What the caller gets, once.
    package let text: Secret

    private static let byteCount = 32

    package init(_ kind: Kind, using generator: inout some RandomNumberGenerator) {
        self.init(kind, bytes: (0..<Self.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// - Parameter bytes: 32 that nobody can guess.
    init(_ kind: Kind, bytes: [UInt8]) { text = Secret(kind.rawValue + Base64URL.encode(bytes)) }

    package var hash: [UInt8] { Self.hash(UTF8Text(text.reveal())) }

    package static func hash(_ text: UTF8Text) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// Whether a text can be a token of this kind.
    package static func isOne(_ text: UTF8Text, of kind: Kind) -> Bool {
        text.utf8.starts(with: kind.rawValue.utf8)
    }
}
