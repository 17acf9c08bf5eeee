/// What the couriers are told by the environment. Everything has a default.
package struct CourierSettings: Sendable {
    package var steadfastWebhookURL = "http://127.0.0.1:8080/webhooks/steadfast"
    /// Sent as `Authorization: Bearer …` with every push.
    package var steadfastWebhookToken = "steadfast_haat_sandbox"
    /// If set, the only `Api-Key` that is accepted.
    package var steadfastAPIKey: String?
    /// If set, the only `Secret-Key` that is accepted.
    package var steadfastSecretKey: String?
    package var shiprocketWebhookURL = "http://127.0.0.1:8080/webhooks/parcels"
    /// Sent as `x-api-key` with every push.
    package var shiprocketWebhookToken = "shiprocket_haat_sandbox"
    /// If set, the only API user that may log in.
    package var shiprocketEmail: String?
    package var shiprocketPassword: String?

    package init() {}

    /// Reads the settings from environment variables without empty ones.
    init(environment: [String: String]) throws(SettingError) {
        steadfastWebhookURL = try environment.address("HAAT_SANDBOX_STEADFAST_WEBHOOK_URL") ?? steadfastWebhookURL
        steadfastWebhookToken = environment["HAAT_STEADFAST_WEBHOOK_TOKEN"] ?? steadfastWebhookToken
        steadfastAPIKey = environment["HAAT_STEADFAST_API_KEY"]
        steadfastSecretKey = environment["HAAT_STEADFAST_SECRET_KEY"]
        shiprocketWebhookURL =
            try environment.address("HAAT_SANDBOX_SHIPROCKET_WEBHOOK_URL") ?? shiprocketWebhookURL
        shiprocketWebhookToken = environment["HAAT_SHIPROCKET_WEBHOOK_TOKEN"] ?? shiprocketWebhookToken
        shiprocketEmail = environment["HAAT_SHIPROCKET_EMAIL"]
        shiprocketPassword = environment["HAAT_SHIPROCKET_PASSWORD"]
    }
}
