/// What the environment says about SSLCommerz.
package struct SSLCommerzSettings: Sendable {
    /// The only store that is accepted.
    package var storeID = "haatsandbox"
    package var storePassword = "haatsandbox@ssl"
    /// Where notifications go unless a session names its own `ipn_url`.
    package var ipnURL = "http://127.0.0.1:8080/webhooks/sslcommerz"

    package init() {}

    init(environment: [String: String]) throws(SettingError) {
        storeID = environment["HAAT_SSLCOMMERZ_STORE_ID"] ?? storeID
        storePassword = environment["HAAT_SSLCOMMERZ_STORE_PASSWORD"] ?? storePassword
        ipnURL = try environment.address("HAAT_SANDBOX_SSLCOMMERZ_IPN_URL") ?? ipnURL
    }
}
