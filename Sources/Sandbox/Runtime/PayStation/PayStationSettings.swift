/// What the environment says about PayStation.
package struct PayStationSettings: Sendable {
    /// The pair that PayStation publishes for its own sandbox.
    package var merchantID = "104-1653730183"
    package var password = "gamecoderstorepass"
    package var ipnURL = "http://127.0.0.1:8080/webhooks/paystation"

    package init() {}

    init(environment: [String: String]) throws(SettingError) {
        merchantID = environment["HAAT_PAYSTATION_MERCHANT_ID"] ?? merchantID
        password = environment["HAAT_PAYSTATION_PASSWORD"] ?? password
        ipnURL = try environment.address("HAAT_SANDBOX_PAYSTATION_IPN_URL") ?? ipnURL
    }
}
