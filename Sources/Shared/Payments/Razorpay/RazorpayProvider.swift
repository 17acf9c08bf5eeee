package import Core
import Outbound
package import Webhooks

/// Razorpay: orders, its hosted Checkout, signed events as pushes.
package struct RazorpayProvider: GatewayProvider {
    package static let name = "razorpay"
    package static let title = "Razorpay"

    /// Without a final slash; calls append "/v1/…".
    let baseURL: String
    /// `rzp_test_…` or `rzp_live_…`: chooses the mode, and is shown to browsers.
    let keyID: Secret
    let keySecret: Secret
    /// Every secret that may sign a push at present, at least one.
    let webhookSecrets: [Secret]
    /// `acc_…`; a push of another account is then a contradiction. nil: not compared.
    let accountID: String?
    /// In which Razorpay pays out; its settlements don't say.
    let settlementCurrency: Currency
    /// How refunds are asked for: in days, or at once where the bank can, at a price.
    let refundSpeed: String
    /// What one process may ask of Razorpay, which publishes no figure.
    let callsPerSecond: Int

    package init(_ settings: inout ProviderSettings) {
        baseURL = settings.webURL("BASE_URL", default: "https://api.razorpay.com")
        keyID = settings.secret("KEY_ID", expected: "the id of Razorpay's API key")
        keySecret = settings.secret("KEY_SECRET", expected: "the secret of Razorpay's API key")
        webhookSecrets = settings.secrets("WEBHOOK_SECRETS", expected: "the webhook secrets, separated by commas")
        accountID = settings.value(
            "ACCOUNT_ID", default: nil, expected: "an account id, acc_ and letters and digits", Self.accountID)
        settlementCurrency = settings.value(
            "SETTLEMENT_CURRENCY", default: .inr, expected: "the code of a currency, such as INR", Self.currency)
        refundSpeed = settings.value("REFUND_SPEED", default: "normal", expected: "normal or optimum") { text in
            ["normal", "optimum"].contains(text) ? text : nil
        }
        callsPerSecond = settings.number("CALLS_PER_SECOND", default: 20, in: 1...10_000)
        if let objection = Self.objection(keyID: keyID.reveal(), baseURL: baseURL) {
            settings.refuse(objection.setting, objection.reason)
        }
    }

    private static func accountID(_ text: String) -> String?? {
        text.hasPrefix("acc_") && text.utf8.count <= 40 && text.utf8.allSatisfy(ProviderObject.isPartOfID) ? text : nil
    }

    private static func currency(_ text: String) -> Currency? {
        do { return try Currency(text) } catch { return nil }
    }

    /// Why such a key can't be meant for that address; nil also where it is missing, which is an error of its own.
    static func objection(keyID: String, baseURL: String) -> (setting: String, reason: String)? {
        guard !keyID.isEmpty else { return nil }
        if keyID.hasPrefix("rzp_live_") {
            let isRazorpay = baseURL == "https://api.razorpay.com"
            return isRazorpay
                ? nil
                : ("BASE_URL", "must be https://api.razorpay.com with a live key: no sandbox may be told live secrets")
        }
        // Razorpay's own test mode has the same address, so that a test key fits every one.
        return keyID.hasPrefix("rzp_test_") ? nil : ("KEY_ID", "must begin with rzp_test_ or rzp_live_")
    }

    package func gateway(in context: GatewayContext) -> any PaymentGateway {
        RazorpayGateway(self, in: context)
    }

    package func verifier() -> any WebhookVerifier {
        RazorpayVerifier(secrets: webhookSecrets.map { $0.reveal() })
    }
}
