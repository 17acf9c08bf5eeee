/// What the environment says about bKash.
package struct BKashSettings: Sendable {
    package var username = "haat_sandbox"
    package var password = "haat_sandbox_password"
    package var appKey = "haat_sandbox_app_key"
    package var appSecret = "haat_sandbox_app_secret"
    /// Where notifications go.
    package var notificationURL = "http://127.0.0.1:8080/webhooks/bkash"
    /// Where notifications say that the signing certificate and the subscription's confirmation are.
    package var topicBase = "http://127.0.0.1:8090/bkash/sns"
    package var topic = "arn:aws:sns:ap-southeast-1:123456789012:bpt_01929918"

    package init() {}

    init(environment: [String: String]) throws(SettingError) {
        username = environment["HAAT_BKASH_USERNAME"] ?? username
        password = environment["HAAT_BKASH_PASSWORD"] ?? password
        appKey = environment["HAAT_BKASH_APP_KEY"] ?? appKey
        appSecret = environment["HAAT_BKASH_APP_SECRET"] ?? appSecret
        notificationURL = try environment.address("HAAT_SANDBOX_BKASH_SNS_URL") ?? notificationURL
        topicBase = try environment.address("HAAT_SANDBOX_BKASH_SNS_BASE") ?? topicBase
        topic = environment["HAAT_SANDBOX_BKASH_TOPIC_ARN"] ?? topic
    }
}
