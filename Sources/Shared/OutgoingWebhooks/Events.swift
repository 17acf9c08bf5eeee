package import Core
import Jobs
package import Vendors

/// Nothing is sent to an endpoint any more, because of how it answers.
package struct WebhookEndpointDisabled: Event, Hashable {
    package static let name = "webhook_endpoint.disabled"

    package let endpointID: ID<WebhookEndpoint>
    /// Whose it is; nil for the marketplace's.
    package let vendorID: ID<Vendor>?
    package let reason: WebhookEndpoint.DisabledReason
}

extension WebhookEndpoint.DisabledReason: Codable {}
