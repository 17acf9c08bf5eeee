import Core
import Jobs
import Outbound
import OutgoingWebhooks
import Platform

extension JobRegistry {
    /// Webhooks that leave the house.
    mutating func registerOutgoingWebhooks(on platform: Platform) {
        let deliver = DeliverWebhooks(
            caller: WebhookCaller(platform.configuration.outgoingWebhooks), vault: platform.vault,
            audit: platform.audit,
            ids: platform.ids, clock: platform.clock)
        register(DeliverWebhooks.Job.self, policy: RetryPolicy(cap: .seconds(60))) { job, context in
            try await deliver(job, in: context)
        }
        register(DeliverWebhooks.RetryJob.self, policy: RetryPolicy(cap: .seconds(60))) { job, context in
            try await deliver(job, in: context)
        }
        let again = SendWebhooksAgain(audit: platform.audit, ids: platform.ids, clock: platform.clock)
        register(SendWebhooksAgain.Job.self) { job, context in
            try await context.finish { try await again(job, in: $0) }
        }
    }
}

extension Platform {
    /// Looks a few times a second what there is to be told, and whom to call again.
    var webhookFollower: PeriodicService {
        let follow = FollowEvents(ids: ids, clock: clock)
        return PeriodicService(name: "outgoing webhooks", interval: .milliseconds(200), logger: logger) {
            try await follow.turn(postgres, in: queue)
        }
    }
}
