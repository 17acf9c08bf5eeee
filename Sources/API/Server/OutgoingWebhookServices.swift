import Core
import OutgoingWebhooks
import Platform

/// The use cases about webhooks that leave the house.
struct OutgoingWebhookServices: Sendable {
    let endpoints = WebhookEndpointStore()
    let deliveries = WebhookDeliveryStore()

    let caller: WebhookCaller
    let keep: KeepWebhookEndpoints
    let again: SendWebhooksAgain

    init(on platform: Platform) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        caller = WebhookCaller(platform.configuration.outgoingWebhooks)
        keep = KeepWebhookEndpoints(vault: platform.vault, audit: audit, ids: ids, clock: clock)
        again = SendWebhooksAgain(audit: audit, ids: ids, clock: clock)
    }
}
