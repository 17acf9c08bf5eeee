import Core
import Webhooks

@testable import Payments

/// A provider unlike Stripe: nobody has paid until we have confirmed it from server to server, its pushes prove nothing, and
/// it sends no money back by API.
struct HandshakeProvider: GatewayProvider {
    static let name = "handshake"
    static let title = "Handshake"
    static let slug = "hs"

    private let baseURL: String
    private let token: Secret

    init(_ settings: inout ProviderSettings) {
        baseURL = settings.webURL("BASE_URL", default: "https://handshake.test")
        token = settings.secret("TOKEN", expected: "the shop's token")
    }

    func gateway(in context: GatewayContext) -> any PaymentGateway {
        HandshakeGateway(baseURL: baseURL, token: token, context: context)
    }

    func verifier() -> any WebhookVerifier { HandshakeVerifier() }
}
