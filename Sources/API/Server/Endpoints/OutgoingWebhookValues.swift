import Core
import Endpoints
import Foundation
import OutgoingWebhooks
import Vendors

struct WebhookEndpointsQuery: APIInput {
    let vendor: ID<Vendor>?
    let page: PageRequest

    init(_ fields: inout Fields) {
        vendor = fields.optional("vendor_id", .id(Vendor.self), "Only those of one vendor")
        page = fields.page()
    }
}

struct WebhookEndpointCreateInput: APIInput {
    let endpoint: NewWebhookEndpoint

    init(_ fields: inout Fields) {
        endpoint = NewWebhookEndpoint(
            vendor: fields.optional(
                "vendor_id", .id(Vendor.self), "Whose; left out: the caller’s own", example: .example),
            terms: WebhookEndpointTerms(
                url: fields.required(
                    "url", .text(WebhookEndpointTerms.url), "An https address in the public Internet",
                    example: "https://hooks.example/haat"),
                description: fields.optional(
                    "description", .text(WebhookEndpointTerms.description), "For people", default: ""),
                eventTypes: fields.optional(
                    "event_types",
                    .array(
                        of: .text(WebhookEndpointTerms.eventType), count: WebhookEndpointTerms.eventTypeCount),
                    "Of what it is told; none: of everything", default: [])))
    }
}

struct WebhookEndpointUpdateInput: APIInput {
    private let newURL: Change<String>
    private let description: Change<String>
    private let eventTypes: Change<[String]>

    init(_ fields: inout Fields) {
        newURL = fields.change(
            "url", .text(WebhookEndpointTerms.url), "An https address in the public Internet",
            example: "https://hooks.example/haat")
        description = fields.change(
            "description", .text(WebhookEndpointTerms.description), "For people", example: "Accounting")
        eventTypes = fields.change(
            "event_types",
            .array(of: .text(WebhookEndpointTerms.eventType), count: WebhookEndpointTerms.eventTypeCount),
            "Of what it is told; none: of everything")
    }

    /// nil where it stays.
    var url: String? { newURL.value }

    func apply(to terms: inout WebhookEndpointTerms) {
        terms.url = newURL.applied(to: terms.url)
        terms.description = description.applied(to: terms.description)
        terms.eventTypes = eventTypes.applied(to: terms.eventTypes)
    }
}

struct WebhookSecretRotateInput: APIInput {
    let overlapHours: Int

    init(_ fields: inout Fields) {
        overlapHours = fields.optional(
            "overlap_hours", .integer(WebhookSecret.overlapHours), "How long the one before goes on signing",
            default: 24)
    }
}

struct WebhookEndpointView: APIOutput {
    let endpoint: WebhookEndpoint

    static let example = WebhookEndpointView(
        endpoint: WebhookEndpoint(
            id: .example, vendor: .example,
            terms: WebhookEndpointTerms(
                url: "https://hooks.example/haat", description: "Accounting", eventTypes: ["order.paid"]),
            createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", endpoint.id)
        out.field("vendor_id", endpoint.vendor, "Null: the marketplace’s own")
        out.field("url", endpoint.terms.url)
        out.field("description", endpoint.terms.description)
        out.field("event_types", endpoint.terms.eventTypes, "None: everything")
        out.field("is_enabled", endpoint.disabling == nil)
        out.field("disabled_reason", endpoint.disabling?.reason, "Why nothing is sent to it")
        out.field("disabled_at", endpoint.disabling?.at)
        out.field("version", endpoint.version, "Grows with every change; also the ETag")
        out.field("created_at", endpoint.createdAt)
    }
}

struct WebhookEndpointDetailsView: APIOutput {
    let details: WebhookEndpointDetails

    static let example = WebhookEndpointDetailsView(
        details: WebhookEndpointDetails(
            endpoint: WebhookEndpointView.example.endpoint, health: WebhookEndpointHealth(lastDeliveredAt: .example),
            secrets: [WebhookSecretView.example.secret]))

    func write(to out: inout ObjectWriter) {
        WebhookEndpointView(endpoint: details.endpoint).write(to: &out)
        out.field("last_delivered_at", details.health.lastDeliveredAt)
        out.field("failing_since", details.health.failingSince, "Since when it has taken nothing")
        out.field("paused_until", details.health.pausedUntil, "It is not called before")
        out.field("secrets", details.secrets.map(WebhookSecretView.init), "Those that sign, the newest first")
    }
}

struct WebhookSecretView: APIOutput {
    let secret: WebhookSecret

    static let example = WebhookSecretView(secret: WebhookSecret(id: .example, createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", secret.id)
        out.field("created_at", secret.createdAt)
        out.field("expires_at", secret.expiresAt, "From when it does not sign any more; null: the newest")
    }
}

struct WebhookEndpointSecretView: APIOutput {
    let endpoint: WebhookEndpointView
    let secret: String

    init(_ made: WebhookEndpointWithSecret) {
        endpoint = WebhookEndpointView(endpoint: made.endpoint)
        secret = made.secret.reveal()
    }

    private init() {
        endpoint = .example
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    }

    static let example = WebhookEndpointSecretView()

    func write(to out: inout ObjectWriter) {
        out.field("webhook_endpoint", endpoint)
        out.field("secret", secret, "What messages are signed with; shown here alone")
    }
}

struct WebhookEventTypeView: APIOutput {
    let type: WebhookEventType
    let isForVendors: Bool

    static let example = WebhookEventTypeView(
        type: WebhookEventType.all.first ?? .test, isForVendors: false)

    func write(to out: inout ObjectWriter) {
        out.field("name", type.name)
        out.field("description", type.summary, "When it happens")
        out.field("is_for_vendors", type.isForVendors, "Whether vendors are told of those that are theirs")
        out.field("schema", type.schema(isForVendors: isForVendors), "What its `data` is like, as a JSON schema")
        out.field("example", type.example(isForVendors: isForVendors), "Of its `data`")
    }
}
