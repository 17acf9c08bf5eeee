import Foundation
import Webhooks

/// Takes every push: nothing signs it, and its id stands in a header.
struct HandshakeVerifier: WebhookVerifier {
    static let deliveryHeader = "handshake-delivery"

    let headers = [deliveryHeader]

    func isRelevant(_ type: String) -> Bool { true }

    func claim(header: (String) -> String?, now: Date) throws(WebhookRejection) -> String {
        guard let delivery = header(Self.deliveryHeader) else {
            throw .malformedEvent("it has no \(Self.deliveryHeader) header")
        }
        guard (1...64).contains(delivery.utf8.count), delivery.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .malformedEvent("its \(Self.deliveryHeader) is not a plain name")
        }
        return delivery
    }

    func verify(_ delivery: String, body: [UInt8]) throws(WebhookRejection) -> VerifiedEvent {
        VerifiedEvent(id: delivery, type: "payment")
    }
}
