import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Jobs
import Postgres
import Webhooks

extension StoredWebhookEvent: IdentifiedByTypeID {
    package static let typePrefix = "whe"
}

/// Stored webhook events: evidence to look at, and to process again.
enum WebhookEventEndpoints {
    static let all: [Endpoint] = [list, read, replay]

    static let list = Endpoint(
        .get, "/webhook_events", tag: .operations, summary: "List received webhook events, newest first",
        policy: .require(.webhookEventsRead), query: WebhookEventsQuery.self, returns: .page(of: WebhookEventView.self)
    ) { request, services in
        let query = request.query
        let events = try await query.page.newestFirst(
            "webhook_events", by: { ID<StoredWebhookEvent>(uuid: $0.id) }
        ) { before, limit in
            try await services.webhookEvents.list(account: query.account, before: before?.uuid, limit: limit)
        }
        return PageOutput(events.map(WebhookEventView.init))
    }

    static let read = Endpoint(
        .get, "/webhook_events/{webhook_event_id}", ID<StoredWebhookEvent>.self, tag: .operations,
        summary: "Read a webhook event as it was received", policy: .require(.webhookEventsRead),
        returns: .ok(WebhookEventBodyView.self)
    ) { request, services in
        guard let event = try await services.webhookEvents.load(request.path.uuid) else {
            throw Problem.notFound("webhook event")
        }
        return WebhookEventBodyView(event)
    }

    static let replay = Endpoint(
        .post, "/webhook_events/{webhook_event_id}/replay", ID<StoredWebhookEvent>.self, tag: .operations,
        summary: "Process a stored webhook event again",
        description: "Safe at any time: what an event has moved once it does not move again.",
        policy: .require(.webhookEventsReplay),
        returns: .accepted(WebhookEventBodyView.self)
    ) { request, work, services in
        let id = request.path
        guard try await services.webhookEvents.replay(id.uuid, in: work) else {
            throw Problem.notFound("webhook event")
        }
        try await services.audit.append(
            AuditEntry(actor: request.principal.actor, action: "webhook_event.replayed", subject: id), in: work)
        guard let event = try await services.webhookEvents.load(id.uuid, in: work) else {
            throw Problem.notFound("webhook event")
        }
        return WebhookEventBodyView(event)
    }
}

struct WebhookEventsQuery: APIInput {
    let account: String?
    let page: PageRequest

    init(_ fields: inout Fields) {
        account = fields.optional(
            "account", .string(1...64, of: "a-z0-9_/"), "Only events for this account of ours", example: "stripe")
        page = fields.page()
    }
}

struct WebhookEventView: APIOutput {
    let id: ID<StoredWebhookEvent>
    let account: String
    let eventID: String
    let type: String
    let receivedAt: Date
    let outcome: WebhookOutcome?
    let detail: String?

    init(_ event: WebhookEventSummary) {
        id = ID(uuid: event.id)
        account = event.account
        eventID = event.eventID
        type = event.type
        receivedAt = event.receivedAt
        outcome = event.outcome
        detail = event.detail
    }

    private init() {
        id = ID(uuid: UUID(uuid: (1, 0x93, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 2)))
        account = "stripe"
        eventID = "evt_1Nf2yA"
        type = "payment_intent.succeeded"
        receivedAt = Date(timeIntervalSince1970: 1_790_000_000)
        outcome = .applied
        detail = nil
    }

    static let example = WebhookEventView()

    func write(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("account", account, "Ours at the provider, for which it came")
        out.field("event_id", eventID, "The provider's id")
        out.field("type", type)
        out.field("received_at", receivedAt)
        out.field("outcome", outcome, "What became of it; null until it has been processed")
        out.field("detail", detail)
    }
}

struct WebhookEventBodyView: APIOutput {
    let id: ID<StoredWebhookEvent>
    let account: String
    let eventID: String
    let type: String
    let receivedAt: Date
    let headers: [UTF8Text: String]
    let body: String

    init(_ event: StoredWebhookEvent) {
        id = ID(uuid: event.id)
        account = event.account
        eventID = event.eventID
        type = event.type
        receivedAt = event.receivedAt
        headers = event.headers.reduce(into: [:]) { $0[UTF8Text($1.key)] = $1.value }
        body = String(decoding: event.body, as: UTF8.self)
    }

    private init() {
        id = WebhookEventView.example.id
        account = "stripe"
        eventID = "evt_1Nf2yA"
        type = "payment_intent.succeeded"
        receivedAt = Date(timeIntervalSince1970: 1_790_000_000)
        headers = ["stripe-signature": "t=1790000000,v1=5257a869"]
        body = #"{"id":"evt_1Nf2yA","type":"payment_intent.succeeded"}"#
    }

    static let example = WebhookEventBodyView()

    func write(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("account", account, "Ours at the provider, for which it came")
        out.field("event_id", eventID, "The provider's id")
        out.field("type", type)
        out.field("received_at", receivedAt)
        out.field("headers", headers, "Those that prove it")
        out.field("body", body, "The raw body, as text")
    }
}
