package import Core
package import Foundation
package import Vendors

/// An address that is told what happens.
package struct WebhookEndpoint: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "wep"
    /// How many one owner has at most.
    package static let mostPerOwner: Int64 = 50

    /// Why nothing is sent to it.
    package enum DisabledReason: String, Hashable, Sendable, CaseIterable {
        /// Somebody wanted it so.
        case byHand = "by_hand"
        /// It has not taken anything for days.
        case failing
        /// It has said itself that it is gone (410).
        case gone
    }

    package struct Disabling: Hashable, Sendable {
        package let reason: DisabledReason
        package let at: Date

        package init(reason: DisabledReason, at: Date) {
            self.reason = reason
            self.at = at
        }
    }

    package let id: ID<WebhookEndpoint>
    /// Who is told of nothing but what is theirs; nil: the marketplace, which is told of everything.
    package let vendor: ID<Vendor>?
    package let terms: WebhookEndpointTerms
    /// nil where it is enabled.
    package let disabling: Disabling?
    /// Grows with every change.
    package let version: Int64
    package let createdAt: Date

    package init(
        id: ID<WebhookEndpoint>, vendor: ID<Vendor>?, terms: WebhookEndpointTerms, disabling: Disabling? = nil,
        version: Int64 = 1, createdAt: Date
    ) {
        self.id = id
        self.vendor = vendor
        self.terms = terms
        self.disabling = disabling
        self.version = version
        self.createdAt = createdAt
    }

    /// Whether it is told of a kind of event.
    package func wants(_ type: WebhookEventType) -> Bool {
        guard vendor == nil || type.isForVendors else { return false }
        return terms.eventTypes.isEmpty || terms.eventTypes.contains(type.name)
    }
}

/// What can be edited of an endpoint.
package struct WebhookEndpointTerms: Hashable, Sendable {
    /// What an address must be like, besides being one.
    package static let url = TextRule(1...2048, .any)
    package static let description = TextRule(0...200, .line)
    package static let eventType = TextRule(1...100, .only("a-z_."))
    package static let eventTypeCount = 0...100

    package var url: String
    /// For people.
    package var description: String
    /// Of what it is told; all that its owner is told of where there are none.
    package var eventTypes: [String]

    package init(url: String, description: String = "", eventTypes: [String] = []) {
        self.url = url
        self.description = description
        self.eventTypes = eventTypes
    }

    /// The address without what may be a secret of its receiver's.
    package var host: String { URLComponents(string: url)?.host ?? "" }

    /// - Parameter vendor: whose it is; nil for the marketplace's.
    func check(_ check: inout InputCheck, of vendor: ID<Vendor>?) {
        check.text("/url", url, Self.url)
        check.text("/description", description, Self.description)
        check.number("/event_types", eventTypes.count, in: Self.eventTypeCount)
        guard check.isClean else { return }
        for (index, name) in eventTypes.enumerated() {
            let pointer = "/event_types/\(index)"
            guard let type = WebhookEventType.named(name) else {
                check.fail(pointer, "unknown", "is no event that webhooks tell of")
                continue
            }
            if vendor != nil, !type.isForVendors {
                check.fail(pointer, "not_for_vendors", "is told to the marketplace alone")
            }
            if eventTypes[..<index].contains(name) { check.fail(pointer, "duplicate", "is named twice") }
        }
    }
}

/// What an endpoint is to be.
package struct NewWebhookEndpoint: Hashable, Sendable {
    package let vendor: ID<Vendor>?
    package let terms: WebhookEndpointTerms

    package init(vendor: ID<Vendor>? = nil, terms: WebhookEndpointTerms) {
        self.vendor = vendor
        self.terms = terms
    }
}

/// How calls to an endpoint go.
package struct WebhookEndpointHealth: Hashable, Sendable {
    /// Calls in a row to which nobody answered in time.
    package var unanswered = 0
    /// It is not called before.
    package var pausedUntil: Date?
    /// Since when it has taken nothing.
    package var failingSince: Date?
    package var lastDeliveredAt: Date?

    package init(
        unanswered: Int = 0, pausedUntil: Date? = nil, failingSince: Date? = nil, lastDeliveredAt: Date? = nil
    ) {
        self.unanswered = unanswered
        self.pausedUntil = pausedUntil
        self.failingSince = failingSince
        self.lastDeliveredAt = lastDeliveredAt
    }
}

/// An endpoint with what is known of it besides.
package struct WebhookEndpointDetails: Hashable, Sendable {
    package let endpoint: WebhookEndpoint
    package let health: WebhookEndpointHealth
    /// Those that sign at the moment, the newest first.
    package let secrets: [WebhookSecret]

    package init(endpoint: WebhookEndpoint, health: WebhookEndpointHealth, secrets: [WebhookSecret]) {
        self.endpoint = endpoint
        self.health = health
        self.secrets = secrets
    }
}

/// A secret that messages to an endpoint are signed with, without the secret itself.
package struct WebhookSecret: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "wsc"
    /// How many sign at once: each adds to the length of a header.
    package static let mostAtOnce = 3
    /// How long the one before goes on signing, in hours.
    package static let overlapHours = 0...168

    package let id: ID<WebhookSecret>
    package let createdAt: Date
    /// From when it does not sign any more; nil for the newest.
    package let expiresAt: Date?

    package init(id: ID<WebhookSecret>, createdAt: Date, expiresAt: Date? = nil) {
        self.id = id
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// An endpoint with the secret that is shown this once.
package struct WebhookEndpointWithSecret: Sendable {
    package let endpoint: WebhookEndpoint
    package let secret: Secret
}
