package import Core
import Outbound
package import Webhooks

/// Steadfast Courier (Bangladesh): consignments at one price, pushes with a bearer token, nothing to be cancelled by API.
package struct SteadfastProvider: CourierProvider {
    package static let name = "steadfast"
    package static let title = "Steadfast Courier"

    /// Without a final slash.
    let baseURL: String
    let apiKey: Secret
    let secretKey: Secret
    /// What proves a push.
    let webhookTokens: [Secret]
    /// UNCONFIRMED: Steadfast publishes no limit.
    let callsPerMinute: Int

    package init(_ settings: inout ProviderSettings) {
        baseURL = settings.webURL("BASE_URL", default: "https://portal.packzy.com/api/v1")
        apiKey = settings.secret("API_KEY", expected: "the API key of Steadfast's merchant portal")
        secretKey = settings.secret("SECRET_KEY", expected: "the secret key of Steadfast's merchant portal")
        webhookTokens = settings.secrets(
            "WEBHOOK_TOKEN",
            expected: "the bearer token that is entered with the callback address in Steadfast's portal")
        callsPerMinute = settings.number("CALLS_PER_MINUTE", default: 300, in: 1...60_000)
    }

    package func courier(in context: CourierContext) -> any Courier { SteadfastCourier(self, in: context) }

    package func verifier() -> any WebhookVerifier { SteadfastVerifier(tokens: webhookTokens) }
}
