import Core
import Foundation
import Webhooks

/// A `Stripe-Signature` header that can be read: `t=<unix>,v1=<hex>[,v1=<hex>…]`; other schemes are ignored.
package struct StripeSignature: Sendable {
    private static let maximumSignatures = 16

    /// Negative for a time in the future.
    let ageSeconds: Int
    /// What is signed before the body: the timestamp as it was sent, and a dot.
    let signedPrefix: [UInt8]
    let candidates: [[UInt8]]

    /// Works on bytes: stepping through a string's characters costs more than the signature itself.
    init(_ value: String, now: Date) throws(WebhookRejection) {
        var timestamp: ArraySlice<UInt8>?
        var candidates: [[UInt8]] = []
        for part in Array(value.utf8).split(separator: UInt8(ascii: ",")) {
            if part.starts(with: "t=".utf8) {
                timestamp = part.dropFirst(2)
            } else if part.starts(with: "v1=".utf8), candidates.count < Self.maximumSignatures,
                let bytes = Hexadecimal.decode(part.dropFirst(3))
            {
                candidates.append(bytes)
            }
        }
        guard let timestamp, let seconds = Int(String(decoding: timestamp, as: UTF8.self)), seconds >= 0,
            !candidates.isEmpty
        else { throw .malformedSignature }
        ageSeconds = Int(now.timeIntervalSince1970) - seconds
        signedPrefix = Array(timestamp) + [UInt8(ascii: ".")]
        self.candidates = candidates
    }
}
