package import Core
import Outbound
package import Webhooks

/// bKash: tokenized checkout for payments, notifications of the wallet's topic as pushes.
package struct BKashProvider: GatewayProvider {
    package static let name = "bkash"
    package static let title = "bKash"

    private static let liveHost = "https://tokenized.pay.bka.sh"

    /// The host, without a final slash and without the version that most paths have.
    let baseURL: String
    let credentials: BKashCredentials
    /// The topic of the merchant's wallet; without it no notification is taken.
    let topic: SNSTopic?
    let callsPerSecond: Int

    package init(_ settings: inout ProviderSettings) {
        baseURL = settings.webURL("BASE_URL", default: Self.liveHost)
        credentials = BKashCredentials(
            username: settings.secret("USERNAME", expected: "the merchant's user name at bKash"),
            password: settings.secret("PASSWORD", expected: "the password of that user"),
            appKey: settings.secret("APP_KEY", expected: "bKash's app key"),
            appSecret: settings.secret("APP_SECRET", expected: "bKash's app secret"))
        let arn = settings.text(
            "TOPIC_ARN", expected: "the topic of the wallet's notifications, such as arn:aws:sns:ap-southeast-1:…:bpt_…"
        ) { SNSTopic(arn: $0, origin: nil) != nil }
        let origin = settings.webURL("SNS_URL", default: "")
        topic = arn.flatMap { SNSTopic(arn: $0, origin: origin.isEmpty ? nil : origin) }
        callsPerSecond = settings.number("CALLS_PER_SECOND", default: 20, in: 1...10_000)
        guard isLive else { return }
        if !origin.isEmpty {
            settings.refuse("SNS_URL", "is for the sandbox alone: notifications of a live wallet come from Amazon")
        }
        if credentials.areOfSandbox {
            settings.refuse("USERNAME", "is one of bKash's sandbox, and the base URL is the live one")
        }
    }

    /// Credentials don't tell the mode, the host does.
    var isLive: Bool { baseURL.utf8.elementsEqual(Self.liveHost.utf8) }

    package func gateway(in context: GatewayContext) -> any PaymentGateway {
        BKashGateway(self, in: context)
    }

    package func verifier() -> any WebhookVerifier { BKashVerifier(topic: topic) }
}

/// What bKash knows a merchant by.
struct BKashCredentials: Sendable {
    let username: Secret
    let password: Secret
    let appKey: Secret
    let appSecret: Secret

    /// UNCONFIRMED: those that bKash hands out for its sandbox are called so.
    var areOfSandbox: Bool { username.reveal().utf8.starts(with: "sandbox".utf8) }
}

extension GatewayName {
    /// Our main account there.
    static let bkash = GatewayName(rawValue: BKashProvider.name)
}
