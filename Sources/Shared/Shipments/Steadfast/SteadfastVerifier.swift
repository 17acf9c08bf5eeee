import Core
import Crypto
package import Foundation
import Payments
package import Webhooks

/// Steadfast's pushes carry the token that was entered with their address; nothing signs what they say, and nothing numbers them.
package struct SteadfastVerifier: WebhookVerifier {
    private static let tokenHeader = "authorization"
    private static let scheme = "Bearer "
    /// What a push has is a tenth of that.
    private static let lengthLimit = 16 << 10

    let tokens: [Secret]

    package let headers = [tokenHeader]
    /// The header is the secret.
    package let keptHeaders: [String] = []

    package func isRelevant(_ type: String) -> Bool { true }

    package func claim(header: (String) -> String?, now: Date) throws(WebhookRejection) {
        guard let value = header(Self.tokenHeader) else { throw .missingSignature(header: "Authorization") }
        guard value.utf8.count <= 1_024, value.utf8.starts(with: Self.scheme.utf8) else { throw .malformedSignature }
        let token = String(decoding: Array(value.utf8.dropFirst(Self.scheme.utf8.count)), as: UTF8.self)
        // Every token is looked at, whichever is right.
        guard tokens.reduce(false, { $1.matches(token) || $0 }) else { throw .signatureMismatch }
    }

    package func verify(_ claim: Void, body: [UInt8]) throws(WebhookRejection) -> VerifiedEvent {
        guard body.count <= Self.lengthLimit else {
            throw .malformedEvent("it is longer than \(Self.lengthLimit) bytes")
        }
        do {
            let push = try ProviderObject(parsing: body, path: "push")
            return VerifiedEvent(id: Self.id(of: push), type: try push.word("notification_type"))
        } catch {
            throw .malformedEvent(error.description)
        }
    }

    /// By all that two different pushes differ in.
    private static func id(of push: ProviderObject) -> String {
        var hash = SHA256()
        for field: UTF8Text in [
            "consignment_id", "invoice", "notification_type", "status", "updated_at", "tracking_message", "cod_amount",
        ] {
            let text = push.code(field) ?? ""
            hash.update(data: Data("\(text.utf8.count):\(text)".utf8))
        }
        return Hexadecimal.encode(hash.finalize())
    }
}
