import Core
import Crypto
package import Foundation
import Payments
package import Webhooks

/// A token of our own choice in a header is all that proves a push: nothing signs its body. Shiprocket's documents can be read as
/// `anx-api-key` as well, so that either name is taken.
package struct ShiprocketVerifier: WebhookVerifier {
    private static let header = "x-api-key"
    private static let otherHeader = "anx-api-key"

    private let tokens: [Secret]

    /// - Parameter tokens: every one that is active now.
    init(tokens: [Secret]) { self.tokens = tokens }

    package let headers = [header, otherHeader]
    /// They are the secret itself.
    package let keptHeaders: [String] = []

    package func isRelevant(_ type: String) -> Bool { true }

    package func claim(header: (String) -> String?, now: Date) throws(WebhookRejection) {
        let shown = headers.compactMap(header)
        guard !shown.isEmpty else { throw .missingSignature(header: Self.header) }
        guard shown.contains(where: { token in tokens.contains { $0.matches(token) } }) else {
            throw .signatureMismatch
        }
    }

    /// Nothing in it is an id. The same status at the same time with as many scans is the same push.
    package func verify(_ claim: Void, body: [UInt8]) throws(WebhookRejection) -> VerifiedEvent {
        do throws(MalformedEvent) {
            let push = try ProviderObject(parsing: body, path: "push")
            let status = push.looseNumber("shipment_status_id")
            let parts = [
                push.loose("awb") ?? push.loose("order_id"), push.loose("current_status_id"),
                status.map { "\($0)" }, push.loose("current_timestamp"),
                "\(try push.optionalObjects("scans").count)",
            ]
            let digest = SHA256.hash(data: Data(parts.map { $0 ?? "" }.joined(separator: "|").utf8))
            return VerifiedEvent(
                id: Hexadecimal.encode(digest), type: status.map { "tracking.\($0)" } ?? "tracking")
        } catch {
            throw .malformedEvent(error.description)
        }
    }
}
