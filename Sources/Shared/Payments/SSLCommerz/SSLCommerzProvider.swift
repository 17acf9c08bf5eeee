package import Core
import Outbound
package import Webhooks

/// SSLCommerz: sessions of its hosted page for payments, its instant payment notifications as pushes.
package struct SSLCommerzProvider: GatewayProvider {
    package static let name = "sslcommerz"
    package static let title = "SSLCommerz"

    private static let liveHost = "https://securepay.sslcommerz.com"

    let baseURL: String
    let storeID: Secret
    let storePassword: Secret
    let callsPerSecond: Int

    package init(_ settings: inout ProviderSettings) {
        baseURL = settings.webURL("BASE_URL", default: Self.liveHost)
        storeID = settings.secret("STORE_ID", expected: "the store's id at SSLCommerz")
        storePassword = settings.secret("STORE_PASSWORD", expected: "the store's password at SSLCommerz")
        callsPerSecond = settings.number("CALLS_PER_SECOND", default: 20, in: 1...10_000)
        if isLive, isOfSandbox {
            settings.refuse("STORE_ID", "is a store of SSLCommerz's sandbox, and the base URL is the live one")
        }
    }

    /// Credentials don't tell the mode, the host does.
    var isLive: Bool { baseURL.utf8.elementsEqual(Self.liveHost.utf8) }

    /// UNCONFIRMED: passwords that the sandbox hands out end so, but for its public store's.
    private var isOfSandbox: Bool {
        storePassword.reveal().utf8.suffix(4).elementsEqual("@ssl".utf8) || storeID.matches("testbox")
    }

    package func gateway(in context: GatewayContext) -> any PaymentGateway {
        SSLCommerzGateway(self, in: context)
    }

    package func verifier() -> any WebhookVerifier {
        SSLCommerzVerifier(storeID: storeID.reveal(), storePassword: storePassword.reveal())
    }
}

extension GatewayName {
    /// Our main account there.
    static let sslcommerz = GatewayName(rawValue: SSLCommerzProvider.name)
}
