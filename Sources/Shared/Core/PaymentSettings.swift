/// What is done about payments by rule.
package struct PaymentSettings: Sendable, Hashable {
    /// HAAT_PAID_TWICE: whether what a customer has paid twice goes back by itself (`refund`, the default), or a person decides
    /// (`review`).
    package var refundsPaidTwice = true

    package init() {}

    init(_ settings: inout SettingsReader) {
        refundsPaidTwice = settings.value("HAAT_PAID_TWICE", default: true, expected: "refund or review") { text in
            switch text {
            case "refund": true
            case "review": false
            default: nil
            }
        }
    }
}
