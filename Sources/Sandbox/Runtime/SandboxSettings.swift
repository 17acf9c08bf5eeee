/// A setting that is malformed, and which one.
package struct SettingError: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

extension [String: String] {
    /// The address under `name`; nil where there is none.
    func address(_ name: String) throws(SettingError) -> String? {
        guard let url = self[name] else { return nil }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw SettingError(description: "\(name) must be an http or https address")
        }
        return url
    }
}

/// What `haat-sandbox` is told by its environment. Everything has a default.
package struct SandboxSettings: Sendable {
    package var host = "127.0.0.1"
    /// 0 for any free one.
    package var port = 8090
    /// 0 for any free one.
    package var smtpPort = 8025
    package var stripeWebhookURL = "http://127.0.0.1:8080/webhooks/stripe"
    /// The first one signs.
    package var stripeWebhookSecrets = ["whsec_haat_sandbox"]
    /// If set, the only key that the Stripe API accepts.
    package var stripeSecretKey: String?
    package var razorpay = RazorpaySettings()
    package var sslcommerz = SSLCommerzSettings()
    package var bkash = BKashSettings()
    package var aamarpay = AamarPaySettings()
    package var paystation = PayStationSettings()
    /// The same seed and calls give the same ids; without one they are new in each run.
    package var seed: UInt64?
    /// How much faster than the provider's own time retries come.
    package var speed = 60.0
    /// Where the state is kept over restarts; nil for nowhere.
    package var snapshotPath: String?
    /// How many mails the inbox keeps.
    package var mailLimit = 20_000
    package var logLevel = "info"
    package var couriers = CourierSettings()

    package init() {}

    /// Reads the settings from environment variables. Empty ones count as absent.
    package init(environment: [String: String]) throws(SettingError) {
        let environment = environment.filter { !$0.value.isEmpty }
        host = environment["HAAT_SANDBOX_HOST"] ?? host
        port = try Self.number("HAAT_SANDBOX_PORT", environment, in: 0...65535) ?? port
        smtpPort = try Self.number("HAAT_SANDBOX_SMTP_PORT", environment, in: 0...65535) ?? smtpPort
        stripeWebhookURL = try environment.address("HAAT_SANDBOX_STRIPE_WEBHOOK_URL") ?? stripeWebhookURL
        if let secrets = environment["HAAT_STRIPE_WEBHOOK_SECRETS"] {
            stripeWebhookSecrets = secrets.split(separator: ",").map { String($0.drop { $0 == " " }) }
            guard !stripeWebhookSecrets.isEmpty, !stripeWebhookSecrets.contains("") else {
                throw SettingError(
                    description: "HAAT_STRIPE_WEBHOOK_SECRETS must be one or more secrets, separated by commas")
            }
        }
        stripeSecretKey = environment["HAAT_STRIPE_SECRET_KEY"]
        razorpay = try RazorpaySettings(environment: environment)
        sslcommerz = try SSLCommerzSettings(environment: environment)
        bkash = try BKashSettings(environment: environment)
        aamarpay = try AamarPaySettings(environment: environment)
        paystation = try PayStationSettings(environment: environment)
        seed = try Self.number("HAAT_SANDBOX_SEED", environment, in: 0...Int.max).map(UInt64.init)
        if let text = environment["HAAT_SANDBOX_SPEED"] {
            guard let number = Double(text), number > 0, number.isFinite else {
                throw SettingError(description: "HAAT_SANDBOX_SPEED must be a number above 0")
            }
            speed = number
        }
        snapshotPath = environment["HAAT_SANDBOX_SNAPSHOT"]
        mailLimit = try Self.number("HAAT_SANDBOX_MAIL_LIMIT", environment, in: 1...1_000_000) ?? mailLimit
        logLevel = environment["HAAT_LOG_LEVEL"] ?? logLevel
        couriers = try CourierSettings(environment: environment)
    }

    private static func number(
        _ name: String, _ environment: [String: String], in range: ClosedRange<Int>
    ) throws(SettingError) -> Int? {
        guard let text = environment[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw SettingError(
                description: "\(name) must be an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
