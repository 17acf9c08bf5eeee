package import Core
import Faults
package import Foundation
import Identity
package import Jobs
package import Outbound
import Postgres
package import Vault
import Vendors

/// Sends an endpoint what is due. An endpoint has one run at a time, so that however slow it is and however much waits for it, it takes one
/// place of the queue and its own few calls at once.
package struct DeliverWebhooks: Sendable {
    /// One run for one endpoint.
    package struct Job: JobPayload, Hashable {
        package static let kind = "webhooks.deliver"
        package static let queue = QueueName.callbacks

        package let endpointID: ID<WebhookEndpoint>
        package let runID: UUID

        init(_ run: WebhookRun.Key) { (endpointID, runID) = (run.endpoint, run.id) }
    }

    /// The same for an endpoint that did not answer last.
    package struct RetryJob: JobPayload, Hashable {
        package static let kind = "webhooks.deliver_to_silent"
        package static let queue = QueueName.callbackRetries

        package let endpointID: ID<WebhookEndpoint>
        package let runID: UUID

        init(_ run: WebhookRun.Key) { (endpointID, runID) = (run.endpoint, run.id) }
    }

    /// Calls of one endpoint at once; one where nobody answered last.
    static let mostCalls = 4
    /// After so long a run gives its place to the next one.
    static let share: Duration = .seconds(5)

    private let endpoints = WebhookEndpointStore()
    private let deliveries = WebhookDeliveryStore()
    private let secrets = WebhookSecretStore()
    private let runs = WebhookRunStore()
    private let caller: WebhookCaller
    private let vault: WebhookSecretVault
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let timing: OutboundTiming

    /// - Parameter timing: how long calls take, and chance.
    package init(
        caller: WebhookCaller, vault: Vault, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock,
        timing: OutboundTiming = .system
    ) {
        self.caller = caller
        self.vault = WebhookSecretVault(vault: vault)
        self.audit = audit
        self.ids = ids
        self.clock = clock
        self.timing = timing
    }

    package func callAsFunction(_ job: Job, in claim: some Claim) async throws {
        try await run(WebhookRun.Key(endpoint: job.endpointID, id: job.runID), in: claim)
    }

    package func callAsFunction(_ job: RetryJob, in claim: some Claim) async throws {
        try await run(WebhookRun.Key(endpoint: job.endpointID, id: job.runID), in: claim)
    }

    /// What was sent and not put on record, because a process died in between, is sent once more under the same id.
    private func run(_ run: WebhookRun.Key, in claim: some Claim) async throws {
        let start = timing.elapsed()
        var results: [WebhookCallResult] = []
        repeat {
            let ended = results
            let round = try await claim.withUnitOfWork { work -> Round? in
                if !ended.isEmpty { try await book(ended, of: run, in: work) }
                return try await next(of: run, in: work)
            }
            results = []
            guard let round else { break }
            results = try await call(round)
            faultPoint("callback.answered")
            if round.isLast || results.contains(where: \.isUnanswered) { break }
        } while timing.elapsed() - start < Self.share
        let last = results
        try await claim.finish { work in
            try await book(last, of: run, in: work)
            try await end(run, in: work)
        }
    }

    /// What is sent at once.
    private struct Round: Sendable {
        let url: String
        let keys: [WebhookSigningKey]
        let deliveries: [WebhookDelivery]
        /// Whether no more is due.
        let isLast: Bool
    }

    /// nil where nothing is to be sent.
    private func next(of run: WebhookRun.Key, in work: UnitOfWork) async throws -> Round? {
        guard let health = try await runs.isUnderWay(run, in: work),
            let endpoint = try await endpoints.endpoint(run.endpoint, visibleTo: .everything, in: work),
            endpoint.disabling == nil
        else { return nil }
        let now = clock.now
        let limit = health.unanswered > 0 ? 1 : Self.mostCalls
        let due = try await deliveries.due(to: run.endpoint, at: now, limit: limit, in: work)
        guard !due.isEmpty else { return nil }
        var keys: [WebhookSigningKey] = []
        for secret in try await secrets.sealed(of: run.endpoint, at: now, in: work) {
            keys.append(try await vault.open(secret, in: work))
        }
        return Round(url: endpoint.terms.url, keys: keys, deliveries: due, isLast: due.count < Self.mostCalls)
    }

    private func call(_ round: Round) async throws -> [WebhookCallResult] {
        try await withThrowingTaskGroup(of: WebhookCallResult.self) { group in
            for delivery in round.deliveries {
                group.addTask {
                    let (startedAt, start) = (clock.now.roundedToMicroseconds, timing.elapsed())
                    let ending = try await caller.call(
                        delivery, at: round.url, signedWith: round.keys, now: startedAt)
                    return WebhookCallResult(
                        delivery: delivery, startedAt: startedAt,
                        milliseconds: Int((timing.elapsed() - start).milliseconds), ending: ending)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Puts calls on record, and what they say of the endpoint.
    private func book(_ results: [WebhookCallResult], of run: WebhookRun.Key, in work: UnitOfWork) async throws {
        guard !results.isEmpty, var health = try await runs.lock(run, in: work) else { return }
        let now = clock.now.roundedToMicroseconds
        for result in results.sorted(by: { $0.startedAt < $1.startedAt }) {
            try await deliveries.book(
                result.attempt, as: ids.next(), of: result.delivery(at: now, random: timing.random()), in: work)
        }
        health.note(results, at: now, random: timing.random())
        try await runs.note(health, of: run.endpoint, in: work)
        if results.contains(where: \.isGone) {
            try await disable(run.endpoint, because: .gone, in: work)
        } else if health.isBeyondPatience(at: now) {
            try await disable(run.endpoint, because: .failing, in: work)
        }
    }

    private func disable(
        _ id: ID<WebhookEndpoint>, because reason: WebhookEndpoint.DisabledReason, in work: UnitOfWork
    ) async throws {
        guard let endpoint = try await endpoints.endpoint(id, visibleTo: .everything, in: work),
            endpoint.disabling == nil
        else { return }
        let disabled = endpoint.changed(
            disabling: WebhookEndpoint.Disabling(reason: reason, at: clock.now.roundedToMicroseconds))
        try await endpoints.update(disabled, in: work)
        try await audit.append(
            AuditEntry(
                actor: .system, action: "webhook_endpoint.disabled", subject: id,
                payload: ["reason": .string(reason.rawValue)]), in: work)
        try work.publish(WebhookEndpointDisabled(endpointID: id, vendorID: endpoint.vendor, reason: reason))
    }

    /// The next run begins when something is due and the endpoint has rested.
    private func end(_ run: WebhookRun.Key, in work: UnitOfWork) async throws {
        guard let health = try await runs.lock(run, in: work) else { return }
        let endpoint = try await endpoints.endpoint(run.endpoint, visibleTo: .everything, in: work)
        let isCalled = endpoint.map { $0.disabling == nil } ?? false
        let due = isCalled ? try await deliveries.nextDue(to: run.endpoint, in: work) : nil
        try await runs.end(run, next: due.map { max($0, health.pausedUntil ?? $0) }, in: work)
    }
}
