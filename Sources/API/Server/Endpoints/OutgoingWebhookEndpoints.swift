import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import OutgoingWebhooks
import Platform
import Postgres

extension EndpointTag {
    static let outgoingWebhooks = EndpointTag(
        "Outgoing webhooks",
        """
        Addresses that are told what happens, as the Standard Webhooks specification has it: the marketplace of everything, vendors of what \
        is theirs.
        """)
}

/// Addresses outside that are told what happens.
enum OutgoingWebhookEndpoints {
    static let all: [Endpoint] =
        [types, create, list, read, update, remove, enable, disable, rotateSecret, test, replay]
        + WebhookDeliveryEndpoints.all

    static let types = Endpoint(
        .get, "/webhook_event_types", tag: .outgoingWebhooks, summary: "List the events that webhooks tell of",
        description: "Those that the caller can be told of, each with what its `data` is like.",
        policy: .require(.webhooksRead, on: .vendor), returns: .ok(ListOutput<WebhookEventTypeView>.self)
    ) { request, _ in
        let isForVendors = request.principal.visibility != .everything
        return ListOutput(
            WebhookEventType.all.filter { !isForVendors || $0.isForVendors }
                .map { WebhookEventTypeView(type: $0, isForVendors: isForVendors) })
    }

    static let create = Endpoint(
        .post, "/webhook_endpoints", tag: .outgoingWebhooks, summary: "Create a webhook endpoint",
        description: """
            The secret is shown here alone. Each message carries `webhook-id`, `webhook-timestamp` and `webhook-signature`, which libraries \
            of the Standard Webhooks specification verify. Answer 2xx within ten seconds; what was not taken is sent again over three days, \
            and the same message may come more than once under one `webhook-id`.
            """,
        policy: .require(.webhooksManage, on: .vendor), lease: .required, body: WebhookEndpointCreateInput.self,
        returns: .created(
            WebhookEndpointSecretView.self, location: { "/webhook_endpoints/\($0.endpoint.endpoint.id)" })
    ) { request, claim, services in
        let (webhooks, new) = (services.outgoingWebhooks, request.body.endpoint)
        try await webhooks.caller.check(new.terms.url)
        return try await claim.finish { work in
            WebhookEndpointSecretView(try await webhooks.keep.create(new, by: request.principal, in: work))
        }
    }

    static let list = Endpoint(
        .get, "/webhook_endpoints", tag: .outgoingWebhooks, summary: "List webhook endpoints, newest first",
        policy: .require(.webhooksRead, on: .vendor), query: WebhookEndpointsQuery.self,
        returns: .page(of: WebhookEndpointView.self)
    ) { request, services in
        let page = try await services.outgoingWebhooks.endpoints.endpoints(
            of: request.query.vendor, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(WebhookEndpointView.init))
    }

    static let read = Endpoint(
        .get, "/webhook_endpoints/{webhook_endpoint_id}", ID<WebhookEndpoint>.self, tag: .outgoingWebhooks,
        summary: "Read a webhook endpoint and how calls to it go", policy: .require(.webhooksRead, on: .vendor),
        returns: .ok(WebhookEndpointDetailsView.self, version: \.details.endpoint.version)
    ) { request, services in
        let found = try await services.outgoingWebhooks.endpoints.details(
            request.path, visibleTo: request.principal.visibility, at: Date(), in: services.postgres)
        guard let found else { throw Problem.notFound("webhook endpoint") }
        return WebhookEndpointDetailsView(details: found)
    }

    static let update = Endpoint(
        .patch, "/webhook_endpoints/{webhook_endpoint_id}", ID<WebhookEndpoint>.self, tag: .outgoingWebhooks,
        summary: "Edit a webhook endpoint",
        description: "What is left out stays as it is; what waits to be sent goes to the new address.",
        policy: .require(.webhooksManage, on: .vendor), lease: .none, edit: .ifMatch,
        body: WebhookEndpointUpdateInput.self, returns: .ok(WebhookEndpointView.self, version: \.endpoint.version)
    ) { request, claim, services in
        let (webhooks, version) = (services.outgoingWebhooks, request.expectedVersion)
        if let url = request.body.url { try await webhooks.caller.check(url) }
        return try await claim.finish { work in
            WebhookEndpointView(
                endpoint: try await webhooks.keep.update(
                    request.path, version: version, by: request.principal, in: work, request.body.apply(to:)))
        }
    }

    static let remove = Endpoint(
        .delete, "/webhook_endpoints/{webhook_endpoint_id}", ID<WebhookEndpoint>.self, tag: .outgoingWebhooks,
        summary: "Remove a webhook endpoint with all that waits for it",
        policy: .require(.webhooksManage, on: .vendor), returns: .noContent
    ) { request, work, services in
        try await services.outgoingWebhooks.keep.remove(request.path, by: request.principal, in: work)
        return NoContent()
    }

    static let enable = Endpoint(
        .post, "/webhook_endpoints/{webhook_endpoint_id}/enable", ID<WebhookEndpoint>.self, tag: .outgoingWebhooks,
        summary: "Send to a webhook endpoint again",
        description: "What waits for it is sent at once. What has happened while it was disabled can be replayed.",
        policy: .require(.webhooksManage, on: .vendor),
        returns: .ok(WebhookEndpointView.self, version: \.endpoint.version)
    ) { request, work, services in
        WebhookEndpointView(
            endpoint: try await services.outgoingWebhooks.keep.enable(request.path, by: request.principal, in: work))
    }

    static let disable = Endpoint(
        .post, "/webhook_endpoints/{webhook_endpoint_id}/disable", ID<WebhookEndpoint>.self, tag: .outgoingWebhooks,
        summary: "Send nothing to a webhook endpoint any more", policy: .require(.webhooksManage, on: .vendor),
        returns: .ok(WebhookEndpointView.self, version: \.endpoint.version)
    ) { request, work, services in
        WebhookEndpointView(
            endpoint: try await services.outgoingWebhooks.keep.disable(request.path, by: request.principal, in: work))
    }

    static let rotateSecret = Endpoint(
        .post, "/webhook_endpoints/{webhook_endpoint_id}/rotate_secret", ID<WebhookEndpoint>.self,
        tag: .outgoingWebhooks, summary: "Give a webhook endpoint a new secret",
        description: """
            It is shown here alone. Until the overlap is over, messages carry a signature of each, so that the receiver can change over.
            """,
        policy: .require(.webhooksManage, on: .vendor), idempotency: .required, body: WebhookSecretRotateInput.self,
        returns: .ok(WebhookEndpointSecretView.self)
    ) { request, work, services in
        WebhookEndpointSecretView(
            try await services.outgoingWebhooks.keep.rotateSecret(
                of: request.path, overlapHours: request.body.overlapHours, by: request.principal, in: work))
    }

    static let test = Endpoint(
        .post, "/webhook_endpoints/{webhook_endpoint_id}/test", ID<WebhookEndpoint>.self, tag: .outgoingWebhooks,
        summary: "Send a test to a webhook endpoint",
        description: "Of the type `webhook.test`, whatever it is told of otherwise.",
        policy: .require(.webhooksManage, on: .vendor, .perClient(30, per: .minute)),
        returns: .accepted(WebhookDeliveryView.self, location: { "/webhook_deliveries/\($0.delivery.id)" }),
        problems: [.webhookEndpointDisabled]
    ) { request, work, services in
        WebhookDeliveryView(
            delivery: try await services.outgoingWebhooks.again.test(request.path, by: request.principal, in: work))
    }

    static let replay = Endpoint(
        .post, "/webhook_endpoints/{webhook_endpoint_id}/replay", ID<WebhookEndpoint>.self, tag: .outgoingWebhooks,
        summary: "Send what happened within a time again",
        description: """
            Also what happened while the endpoint was disabled or not there. Each message has the `webhook-id` that it had; where it was \
            taken once it is left out, unless asked for.
            """,
        policy: .require(.webhooksManage, on: .vendor, .perClient(30, per: .minute)),
        body: WebhookReplayCreateInput.self,
        returns: .accepted(WebhookReplayView.self), problems: [.webhookEndpointDisabled]
    ) { request, work, services in
        WebhookReplayView(
            span: try await services.outgoingWebhooks.again.replay(
                request.body.span, to: request.path, by: request.principal, in: work))
    }
}

extension ProblemType {
    static let webhookEndpointDisabled = ProblemType(
        "webhook-endpoint-disabled", 409, "The endpoint is disabled", "Enable it first.")
}
