/// What the environment says about Razorpay.
package struct RazorpaySettings: Sendable {
    /// `rzp_test_…` or `rzp_live_…`: the only key that is accepted.
    package var keyID = "rzp_test_haatsandbox"
    /// Signs what Checkout returns.
    package var keySecret = "haat_sandbox_key_secret"
    package var webhookURL = "http://127.0.0.1:8080/webhooks/razorpay"
    package var webhookSecret = "haat_sandbox_webhook_secret"

    package init() {}

    init(environment: [String: String]) throws(SettingError) {
        keyID = environment["HAAT_RAZORPAY_KEY_ID"] ?? keyID
        keySecret = environment["HAAT_RAZORPAY_KEY_SECRET"] ?? keySecret
        webhookURL = try environment.address("HAAT_SANDBOX_RAZORPAY_WEBHOOK_URL") ?? webhookURL
        if let secrets = environment["HAAT_RAZORPAY_WEBHOOK_SECRETS"] {
            guard let first = secrets.split(separator: ",").first else {
                throw SettingError(
                    description: "HAAT_RAZORPAY_WEBHOOK_SECRETS must be one or more secrets, separated by commas")
            }
            webhookSecret = String(first)
        }
        guard keyID.hasPrefix("rzp_test_") || keyID.hasPrefix("rzp_live_") else {
            throw SettingError(description: "HAAT_RAZORPAY_KEY_ID must begin with rzp_test_ or rzp_live_")
        }
    }
}
