import Core
import Crypto
package import Foundation
import Jobs
package import Webhooks

/// Razorpay's signature schemes: HMAC-SHA256 in hexadecimal.
/// Source: razorpay-python `utility/utility.py`.
enum RazorpaySignature {
    /// What Checkout gives the browser: it proves both ids, under the secret of the API key, and nothing about money.
    static func isCheckout(_ signature: String, order: String, payment: String, keySecret: Secret) -> Bool {
        let code = code(of: Array("\(order)|\(payment)".utf8), by: KeyedDigest(secret: keySecret.reveal()))
        return Hexadecimal.decode(Array(signature.utf8)[...]).map { ConstantTime.areEqual(code, $0) } ?? false
    }

    static func code(of bytes: [UInt8], by key: KeyedDigest) -> [UInt8] {
        key.code { $0.add(bytes) }.withUnsafeBytes { Array($0) }
    }
}

/// `X-Razorpay-Signature` over the raw body, with the webhook's own secret. There is no time in it: a repetition is recognised by the
/// event's id, which stands in a header that the signature does not cover. Who repeats a genuine body under another id has it applied
/// once more, which moves nothing.
package struct RazorpayVerifier: WebhookVerifier {
    private static let signatureHeader = "x-razorpay-signature"
    private static let idHeader = "x-razorpay-event-id"

    /// What the head says: a signature, and the event's id.
    package struct Claim: Sendable {
        let signature: [UInt8]
        let eventID: String
    }

    private let keys: [KeyedDigest]

    /// - Parameter secrets: every secret that is active now; after a change, repetitions still carry the one before.
    package init(secrets: [String]) {
        keys = secrets.map { KeyedDigest(secret: $0) }
    }

    package func isRelevant(_ type: String) -> Bool { RazorpayEvents.handles(type) }

    package let headers = [signatureHeader, idHeader]

    package func claim(header: (String) -> String?, now: Date) throws(WebhookRejection) -> Claim {
        guard let signature = header(Self.signatureHeader) else {
            throw .missingSignature(header: "X-Razorpay-Signature")
        }
        guard let code = Hexadecimal.decode(Array(signature.utf8)[...]), code.count == SHA256.byteCount else {
            throw .malformedSignature
        }
        guard let id = header(Self.idHeader), (1...255).contains(id.utf8.count),
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .malformedEvent("it has no X-Razorpay-Event-Id") }
        return Claim(signature: code, eventID: id)
    }

    package func verify(_ claim: Claim, body: [UInt8]) throws(WebhookRejection) -> VerifiedEvent {
        guard keys.contains(where: { ConstantTime.areEqual(RazorpaySignature.code(of: body, by: $0), claim.signature) })
        else { throw .signatureMismatch }
        return VerifiedEvent(id: claim.eventID, type: try EventEnvelope.name("event", in: body))
    }
}

extension KeyedDigest {
    fileprivate init(secret: String) {
        self.init(key: SymmetricKey(data: Data(secret.utf8)))
    }
}
