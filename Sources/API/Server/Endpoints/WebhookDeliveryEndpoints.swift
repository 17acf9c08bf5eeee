import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Jobs
import OutgoingWebhooks
import Platform
import Postgres

/// What outgoing webhooks told, and how the calls went.
enum WebhookDeliveryEndpoints {
    static let all: [Endpoint] = [list, read, replay]

    static let list = Endpoint(
        .get, "/webhook_endpoints/{webhook_endpoint_id}/deliveries", ID<WebhookEndpoint>.self, tag: .outgoingWebhooks,
        summary: "List deliveries to a webhook endpoint, newest first", policy: .require(.webhooksRead, on: .vendor),
        query: WebhookDeliveriesQuery.self, returns: .page(of: WebhookDeliveryView.self)
    ) { request, services in
        let webhooks = services.outgoingWebhooks
        guard
            let endpoint = try await webhooks.endpoints.endpoint(
                request.path, visibleTo: request.principal.visibility, in: services.postgres)
        else { throw Problem.notFound("webhook endpoint") }
        let query = request.query
        let page = try await webhooks.deliveries.deliveries(
            to: endpoint.id, in: query.state, of: query.eventType, page: query.page, in: services.postgres)
        return PageOutput(page.map(WebhookDeliveryView.init))
    }

    static let read = Endpoint(
        .get, "/webhook_deliveries/{webhook_delivery_id}", ID<WebhookDelivery>.self, tag: .outgoingWebhooks,
        summary: "Read a delivery with its calls", policy: .require(.webhooksRead, on: .vendor),
        returns: .ok(WebhookDeliveryDetailsView.self)
    ) { request, services in
        let found = try await services.outgoingWebhooks.deliveries.details(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let found else { throw Problem.notFound("webhook delivery") }
        return WebhookDeliveryDetailsView(details: found)
    }

    static let replay = Endpoint(
        .post, "/webhook_deliveries/{webhook_delivery_id}/replay", ID<WebhookDelivery>.self, tag: .outgoingWebhooks,
        summary: "Send a delivery again", description: "At once, and under the `webhook-id` that it had.",
        policy: .require(.webhooksManage, on: .vendor, .perClient(120, per: .minute)),
        returns: .accepted(WebhookDeliveryView.self),
        problems: [.webhookEndpointDisabled]
    ) { request, work, services in
        WebhookDeliveryView(
            delivery: try await services.outgoingWebhooks.again.replay(request.path, by: request.principal, in: work))
    }
}

struct WebhookDeliveriesQuery: APIInput {
    let state: WebhookDelivery.State?
    let eventType: String?
    let page: PageRequest

    init(_ fields: inout Fields) {
        state = fields.optional("state", .oneOf(WebhookDelivery.State.self), "Only those that got so far")
        eventType = fields.optional(
            "event_type", .text(WebhookEndpointTerms.eventType), "Only those of one kind of event",
            example: "order.paid")
        page = fields.page()
    }
}

struct WebhookDeliveryView: APIOutput {
    let delivery: WebhookDelivery

    static let example = WebhookDeliveryView(
        delivery: WebhookDelivery(
            id: .example, endpoint: .example, event: ID<RecordedEvent>.example.uuid, eventType: "order.paid",
            body: """
                {"data":{"order_id":"ord_01j0000000e0080000000000r1"},"timestamp":"2026-12-03T12:00:00.000Z","type":"order.paid"}
                """, state: .delivered, attempts: 1, dueAt: nil, createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", delivery.id)
        out.field("webhook_endpoint_id", delivery.endpoint)
        out.field("webhook_id", ID<RecordedEvent>(uuid: delivery.event), "What the receiver knows it by")
        out.field("event_type", delivery.eventType)
        out.field("body", delivery.body, "As it is signed and sent")
        out.field("state", delivery.state, "How far it got")
        out.field("attempts", Int64(delivery.attempts), "Calls that were made")
        out.field("due_at", delivery.dueAt, "When it is sent next; null: not any more")
        out.field("created_at", delivery.createdAt)
    }
}

struct WebhookDeliveryDetailsView: APIOutput {
    let details: WebhookDeliveryDetails

    static let example = WebhookDeliveryDetailsView(
        details: WebhookDeliveryDetails(
            delivery: WebhookDeliveryView.example.delivery, attempts: [WebhookAttemptView.example.attempt]))

    func write(to out: inout ObjectWriter) {
        WebhookDeliveryView(delivery: details.delivery).write(to: &out)
        out.field("calls", details.attempts.map(WebhookAttemptView.init), "The newest first")
    }
}

struct WebhookAttemptView: APIOutput {
    let attempt: WebhookAttempt

    static let example = WebhookAttemptView(
        attempt: WebhookAttempt(
            number: 1, startedAt: .example, milliseconds: 84, status: 200, error: nil, answer: "ok"))

    func write(to out: inout ObjectWriter) {
        out.field("number", Int64(attempt.number))
        out.field("started_at", attempt.startedAt)
        out.field("milliseconds", Int64(attempt.milliseconds))
        out.field("status", attempt.status.map { Int64($0) }, "Of the answer; null where there was none")
        out.field("error", attempt.error, "Why there was none")
        out.field("answer", attempt.answer, "The first 4 KiB of its body")
    }
}

struct WebhookReplayCreateInput: APIInput {
    let span: WebhookReplay

    init(_ fields: inout Fields) {
        span = WebhookReplay(
            since: fields.required("since", .date, "From when on; 31 days before `until` at most", example: .example),
            until: fields.optional(
                "until", .date, "Until when; left out: now", example: Date.example.addingTimeInterval(86_400))
                ?? Date(),
            onlyUndelivered: fields.optional(
                "only_undelivered", .boolean, "Whether what was taken once is left out", default: true))
    }
}

struct WebhookReplayView: APIOutput {
    let span: WebhookReplay

    static let example = WebhookReplayView(span: WebhookReplay(since: .example, until: .example))

    func write(to out: inout ObjectWriter) {
        out.field("since", span.since)
        out.field("until", span.until)
        out.field("only_undelivered", span.onlyUndelivered)
    }
}
