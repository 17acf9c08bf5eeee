import Core
import Crypto
package import Foundation
import Jobs
package import Webhooks

/// Stripe's signature scheme: `Stripe-Signature: t=<unix>,v1=<hex>[,v1=<hex>…]`, HMAC-SHA256 over `<t>.<raw body>` with the
/// whole endpoint secret as key. Any active secret and any `v1` may match; other schemes are ignored.
/// Source: stripe-python `_webhook.py`.
package struct StripeVerifier: WebhookVerifier {
    private static let headerName = "stripe-signature"

    private let keyedCodes: [KeyedDigest]
    private let toleranceSeconds: Int

    /// - Parameter secrets: every secret that is active now, `whsec_` included.
    package init(secrets: [String], toleranceSeconds: Int = 300) {
        keyedCodes = secrets.map { KeyedDigest(key: SymmetricKey(data: Data($0.utf8))) }
        self.toleranceSeconds = toleranceSeconds
    }

    package func isRelevant(_ type: String) -> Bool { StripeEvents.handles(type) }

    package let headers = [headerName]

    package func claim(header: (String) -> String?, now: Date) throws(WebhookRejection) -> StripeSignature {
        guard let value = header(Self.headerName) else { throw .missingSignature(header: "Stripe-Signature") }
        return try StripeSignature(value, now: now)
    }

    package func verify(_ claim: StripeSignature, body: [UInt8]) throws(WebhookRejection) -> VerifiedEvent {
        guard isSigned(claim, body: body) else { throw .signatureMismatch }
        // Like Stripe's own libraries, a time in the future is accepted: the signature proves it.
        guard claim.ageSeconds <= toleranceSeconds else { throw .stale(seconds: claim.ageSeconds) }
        let envelope = try EventEnvelope(scanning: body)
        return VerifiedEvent(id: envelope.id, type: envelope.type)
    }

    private func isSigned(_ claim: StripeSignature, body: [UInt8]) -> Bool {
        for keyed in keyedCodes {
            let expected = keyed.code { pieces in
                pieces.add(claim.signedPrefix)
                pieces.add(body)
            }
            let code = expected.withUnsafeBytes { Array($0) }
            for candidate in claim.candidates where ConstantTime.areEqual(code, candidate) { return true }
        }
        return false
    }
}
