package import Core
import Foundation
import Outbound
package import Webhooks

/// aamarPay: a hosted page, an authoritative search by our own number, unsigned notifications, and nothing else by API.
package struct AamarPayProvider: GatewayProvider {
    package static let name = "aamarpay"
    package static let title = "aamarPay"

    private static let liveHost = "secure.aamarpay.com"
    /// Published by aamarPay for its own sandbox.
    private static let publishedStore = "aamarpaytest"

    /// Without a final slash.
    let baseURL: String
    let storeID: String
    /// A bearer secret in spite of its name: it signs nothing.
    let signatureKey: Secret
    /// Whom the bank calls where a customer gave no telephone number, without which nothing can be opened there.
    let contactPhone: String?
    let isLive: Bool
    /// What one process may ask of it.
    let callsPerSecond: Int

    package init(_ settings: inout ProviderSettings) {
        baseURL = settings.webURL("BASE_URL", default: "https://\(Self.liveHost)")
        storeID = settings.word("STORE_ID", expected: "the store's id at aamarPay")
        signatureKey = settings.secret("SIGNATURE_KEY", expected: "the store's signature key at aamarPay")
        contactPhone = settings.optionalWord("CONTACT_PHONE", expected: "a telephone number")
        callsPerSecond = settings.number("CALLS_PER_SECOND", default: 20, in: 1...10_000)
        isLive = URLComponents(string: baseURL)?.host == Self.liveHost
        if isLive, storeID == Self.publishedStore {
            settings.refuse(
                "STORE_ID", "is the store that aamarPay publishes for its sandbox, and the address is the live one")
        }
    }

    package func gateway(in context: GatewayContext) -> any PaymentGateway {
        AamarPayGateway(self, in: context)
    }

    package func verifier() -> any WebhookVerifier { UnsignedPushVerifier(numberField: AamarPayMapping.number) }
}
