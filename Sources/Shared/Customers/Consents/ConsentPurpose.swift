package import Postgres

/// What a person may agree to, or not: none of it is needed for an order.
package enum ConsentPurpose: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case marketingEmail = "marketing_email"
    case marketingSMS = "marketing_sms"
    /// To count what people look at and buy.
    case analytics
    /// To show people what fits what they looked at and bought.
    case personalisation
    /// To let vendors have more of a person than an order needs.
    case vendorSharing = "vendor_sharing"
}
