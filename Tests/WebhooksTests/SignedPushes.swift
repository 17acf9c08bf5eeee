import Crypto
import Foundation

@testable import Webhooks

/// The pushes of a provider that signs their bodies and nothing else: `sha256=` and the code in hexadecimal.
struct SignedPushes: WebhookVerifier {
    static let headerName = "provider-signature"

    let secret: String
    let headers = [headerName]

    func signature(of body: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data(body), using: SymmetricKey(data: Data(secret.utf8)))
        return "sha256=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    func isRelevant(_ type: String) -> Bool { true }

    func claim(header: (String) -> String?, now: Date) throws(WebhookRejection) -> String {
        guard let value = header(Self.headerName) else { throw .missingSignature(header: "Provider-Signature") }
        guard value.hasPrefix("sha256="), value.utf8.count == 71 else { throw .malformedSignature }
        return value
    }

    func verify(_ claim: String, body: [UInt8]) throws(WebhookRejection) -> VerifiedEvent {
        guard claim == signature(of: body) else { throw .signatureMismatch }
        let envelope = try EventEnvelope(scanning: body)
        return VerifiedEvent(id: envelope.id, type: envelope.type)
    }
}
