import Crypto
import Foundation

/// A key by which the receiver of a webhook knows who sends it, as the Standard Webhooks specification has it: HMAC-SHA256.
package struct WebhookSigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// What its text begins with, for those who look for secrets where none should be.
    private static let prefix = "whsec_"
    private static let lengths = 24...64
    private static let newLength = 32

    package let bytes: [UInt8]

    /// Nil for another text than `whsec_` and 24 to 64 bytes in Base64.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix),
            let bytes = Data(base64Encoded: String(text.dropFirst(Self.prefix.count)))
        else { return nil }
        self.init(bytes: Array(bytes))
    }

    /// Nil for too few bytes, or too many.
    package init?(bytes: [UInt8]) {
        guard Self.lengths.contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// A new one.
    package init(using generator: inout some RandomNumberGenerator) {
        bytes = (0..<Self.newLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// How it is shown to those who are to verify.
    package var text: Secret { Secret(Self.prefix + Data(bytes).base64EncodedString()) }

    /// The signature of a message, with its version.
    /// - Parameter seconds: when it is sent, since 1970.
    package func signature(id: String, seconds: Int64, body: [UInt8]) -> String {
        let signed = Array("\(id).\(seconds).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: bytes))
        return "v1,\(Data(code).base64EncodedString())"
    }

    package var description: String { "[signing key]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
