package import Core
import Foundation
import Outbound
package import Webhooks

/// PayStation (paystation.com.bd): a hosted page, a status by our own number that needs no secret, unsigned notifications of success.
package struct PayStationProvider: GatewayProvider {
    package static let name = "paystation"
    package static let title = "PayStation"

    private static let liveHost = "api.paystation.com.bd"
    /// Published by PayStation for its own sandbox.
    private static let publishedMerchant = "104-1653730183"

    /// Without a final slash.
    let baseURL: String
    let merchantID: String
    let password: Secret
    /// Whom PayStation is given where a customer gave no telephone number, without which nothing can be opened there.
    let contactPhone: String?
    /// Whether PayStation's charge comes on top of what the customer pays.
    let payerBearsCharge: Bool
    let isLive: Bool
    /// What one process may ask of it.
    let callsPerSecond: Int

    package init(_ settings: inout ProviderSettings) {
        baseURL = settings.webURL("BASE_URL", default: "https://\(Self.liveHost)")
        merchantID = settings.word("MERCHANT_ID", expected: "the merchant's id at PayStation")
        password = settings.secret("PASSWORD", expected: "the merchant's password at PayStation")
        contactPhone = settings.optionalWord("CONTACT_PHONE", expected: "a telephone number")
        payerBearsCharge = settings.number("PAYER_BEARS_CHARGE", default: 0, in: 0...1) == 1
        callsPerSecond = settings.number("CALLS_PER_SECOND", default: 20, in: 1...10_000)
        isLive = URLComponents(string: baseURL)?.host == Self.liveHost
        if isLive, merchantID == Self.publishedMerchant {
            settings.refuse(
                "MERCHANT_ID",
                "is the merchant that PayStation publishes for its sandbox, and the address is the live one")
        }
    }

    package func gateway(in context: GatewayContext) -> any PaymentGateway {
        PayStationGateway(self, in: context)
    }

    package func verifier() -> any WebhookVerifier { UnsignedPushVerifier(numberField: PayStationMapping.number) }
}
