package import Core
import Outbound
package import Webhooks

/// Shiprocket, which hands parcels within India to one of many couriers: orders of its custom channel, AWBs that are paid from a wallet,
/// tracking as pushes.
package struct ShiprocketProvider: CourierProvider {
    package static let name = "shiprocket"
    package static let title = "Shiprocket"
    package static let slug = "parcels"
    package static let forbiddenInPath = ["shiprocket", "kartrocket", "sr", "kr"]

    private static let liveURL = "https://apiv2.shiprocket.in/v1/external"

    /// Without a final slash; calls append "/orders/…".
    let baseURL: String
    let credentials: ShiprocketCredentials
    /// Every token that a push may bring at present, at least one.
    let webhookTokens: [Secret]
    /// What the account calls the place that parcels are fetched at where a vendor has named none.
    let pickupLocation: String
    let rateRule: CourierRateRule
    /// UNCONFIRMED: Shiprocket publishes no limit.
    let callsPerMinute: Int

    package init(_ settings: inout ProviderSettings) {
        baseURL = settings.webURL("BASE_URL", default: Self.liveURL)
        credentials = ShiprocketCredentials(
            email: settings.secret("EMAIL", expected: "the e-mail address of Shiprocket's API user"),
            password: settings.secret("PASSWORD", expected: "the password of that user"))
        webhookTokens = settings.secrets(
            "WEBHOOK_TOKEN", expected: "what pushes bring as x-api-key, several separated by commas")
        pickupLocation = settings.value(
            "PICKUP_LOCATION", default: "Primary", expected: "the name of a pickup address, at most 36 characters"
        ) { (1...36).contains($0.unicodeScalars.count) ? $0 : nil }
        rateRule = settings.value("RATE_RULE", default: .cheapest, expected: "cheapest, fastest or rated") {
            CourierRateRule(rawValue: $0)
        }
        callsPerMinute = settings.number("CALLS_PER_MINUTE", default: 120, in: 1...60_000)
    }

    /// Shiprocket has no test mode: everything else is somebody who plays it.
    var isLive: Bool { baseURL.utf8.elementsEqual(Self.liveURL.utf8) }

    package func courier(in context: CourierContext) -> any Courier { ShiprocketCourier(self, in: context) }

    package func verifier() -> any WebhookVerifier { ShiprocketVerifier(tokens: webhookTokens) }
}

/// What Shiprocket knows an API user by.
struct ShiprocketCredentials: Sendable {
    let email: Secret
    let password: Secret
}
