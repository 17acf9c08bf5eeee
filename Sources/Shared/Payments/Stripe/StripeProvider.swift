package import Core
import Outbound
package import Webhooks

/// Stripe: Checkout for payments, signed events as pushes.
package struct StripeProvider: GatewayProvider {
    package static let name = "stripe"
    package static let title = "Stripe"

    /// Without a final slash; calls append "/v1/…".
    let baseURL: String
    let secretKey: Secret
    /// Every secret that may sign a push at present, at least one.
    let webhookSecrets: [Secret]
    /// What one process may ask of Stripe, whose own limit is for the whole account.
    let callsPerSecond: Int

    package init(_ settings: inout ProviderSettings) {
        baseURL = settings.webURL("BASE_URL", default: "https://api.stripe.com")
        secretKey = settings.secret("SECRET_KEY", expected: "Stripe's secret API key")
        webhookSecrets = settings.secrets(
            "WEBHOOK_SECRETS", expected: "the webhook signing secrets, separated by commas")
        callsPerSecond = settings.number("CALLS_PER_SECOND", default: 80, in: 1...10_000)
    }

    package func gateway(in context: GatewayContext) -> any PaymentGateway {
        StripeGateway(
            name: context.name, baseURL: baseURL, secretKey: secretKey, transport: context.transport,
            bucket: TokenBucket(rate: Double(callsPerSecond), burst: max(1, callsPerSecond / 2)),
            timing: context.timing, calls: context.calls, logger: context.logger)
    }

    package func verifier() -> any WebhookVerifier {
        StripeVerifier(secrets: webhookSecrets.map { $0.reveal() })
    }
}

extension GatewayName {
    /// Our main account there.
    static let stripe = GatewayName(rawValue: StripeProvider.name)
}
