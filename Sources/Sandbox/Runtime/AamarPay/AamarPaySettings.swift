/// What the environment says about AamarPay.
package struct AamarPaySettings: Sendable {
    /// The pair that AamarPay publishes for its own sandbox.
    package var storeID = "aamarpaytest"
    /// A bearer secret in spite of its name: it signs nothing.
    package var signatureKey = "dbb74894e82415a2f7ff0ec3a97e4183"
    package var ipnURL = "http://127.0.0.1:8080/webhooks/aamarpay"

    package init() {}

    init(environment: [String: String]) throws(SettingError) {
        storeID = environment["HAAT_AAMARPAY_STORE_ID"] ?? storeID
        signatureKey = environment["HAAT_AAMARPAY_SIGNATURE_KEY"] ?? signatureKey
        ipnURL = try environment.address("HAAT_SANDBOX_AAMARPAY_IPN_URL") ?? ipnURL
    }
}
