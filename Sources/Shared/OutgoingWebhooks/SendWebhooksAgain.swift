package import Core
package import Foundation
package import Identity
package import Jobs
import Postgres

/// Sends on request: a test, one delivery again, or what an endpoint was to be told within a time.
package struct SendWebhooksAgain: Sendable {
    /// A part of a span of time that goes on where the part before has ended.
    package struct Job: JobPayload, Hashable {
        package static let kind = "webhooks.replay"
        package static let queue = QueueName.callbacks

        package let endpointID: ID<WebhookEndpoint>
        package let span: WebhookReplay
        /// Of the events the last that was looked at.
        package let after: UUID?
    }

    /// Of one step.
    static let mostEvents = 200

    private let endpoints = WebhookEndpointStore()
    private let deliveries = WebhookDeliveryStore()
    private let runs = WebhookRunStore()
    private let feed = EventFeed()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// Sends something that tells of nothing.
    /// - Throws: `Problem`: 404; 409 ("webhook-endpoint-disabled"); `PostgresError`.
    package func test(
        _ id: ID<WebhookEndpoint>, by principal: Principal, in work: UnitOfWork
    ) async throws -> WebhookDelivery {
        _ = try await enabled(id, by: principal, in: work)
        let (now, event) = (clock.now.roundedToMicroseconds, ids.next())
        let type = WebhookEventType.test.name
        let delivery = WebhookDelivery(
            id: ID(uuid: ids.next()), endpoint: id, event: event, eventType: type,
            body: WebhookMessage.body(type, at: now, data: ["endpoint_id": .string(id.description)]), dueAt: now,
            createdAt: now)
        try await add([delivery], again: [], to: id, at: now, in: work)
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "webhook_endpoint.tested", subject: id), in: work)
        return delivery
    }

    /// Sends one delivery again, under the id that the receiver knows.
    /// - Throws: `Problem`: 404; 409 ("webhook-endpoint-disabled"); `PostgresError`.
    package func replay(
        _ id: ID<WebhookDelivery>, by principal: Principal, in work: UnitOfWork
    ) async throws -> WebhookDelivery {
        guard
            let delivery = try await deliveries.delivery(id, visibleTo: principal.visibility, in: work)
        else { throw Problem.notFound("webhook delivery") }
        _ = try await enabled(delivery.endpoint, by: principal, in: work)
        try await add([], again: [id], to: delivery.endpoint, at: clock.now.roundedToMicroseconds, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "webhook_endpoint.replayed", subject: delivery.endpoint,
                payload: ["delivery_id": .string(id.description)]), in: work)
        return try await deliveries.delivery(id, visibleTo: principal.visibility, in: work) ?? delivery
    }

    /// Has everything sent that happened within a time and that the endpoint wants, also what happened while it was disabled.
    /// - Throws: `Problem`: 404; 409 ("webhook-endpoint-disabled"); 422; `PostgresError`.
    package func replay(
        _ span: WebhookReplay, to id: ID<WebhookEndpoint>, by principal: Principal, in work: UnitOfWork
    ) async throws -> WebhookReplay {
        _ = try await enabled(id, by: principal, in: work)
        var check = InputCheck()
        span.check(&check)
        try check.finish()
        try work.enqueue(Job(endpointID: id, span: span, after: nil))
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "webhook_endpoint.replayed", subject: id,
                payload: [
                    "since": .integer(span.since.secondsSince1970), "until": .integer(span.until.secondsSince1970),
                ]), in: work)
        return span
    }

    /// One step of that.
    package func callAsFunction(_ job: Job, in work: UnitOfWork) async throws {
        guard
            let endpoint = try await endpoints.endpoint(job.endpointID, visibleTo: .everything, in: work),
            endpoint.disabling == nil
        else { return }
        // What was not told yet is told anyway.
        let told = try await runs.waitForTurn(in: work)
        let events = try await feed.events(
            from: job.span.since, until: job.span.until, after: job.after, limit: Self.mostEvents, in: work)
        let messages = try await WebhookMessage.all(of: events.filter { $0.position <= told }, in: work)
            .filter { message in
                endpoint.wants(message.type) && endpoint.vendor.map(message.vendors.contains) ?? true
            }
        let known = Dictionary(
            uniqueKeysWithValues: try await deliveries.states(
                of: messages.map(\.event), to: endpoint.id, in: work
            ).map { ($0.event, $0) })
        let now = clock.now.roundedToMicroseconds
        let new = messages.filter { known[$0.event] == nil }.map { message in
            message.delivery(as: ID(uuid: ids.next()), to: endpoint, at: now)
        }
        let again = known.values.filter { $0.state == .failed || $0.state == .delivered && !job.span.onlyUndelivered }
        try await add(new, again: again.map(\.delivery), to: endpoint.id, at: now, in: work)
        if let last = events.last, events.count == Self.mostEvents {
            try work.enqueue(Job(endpointID: endpoint.id, span: job.span, after: last.id))
        }
    }

    private func enabled(
        _ id: ID<WebhookEndpoint>, by principal: Principal, in work: UnitOfWork
    ) async throws -> WebhookEndpoint {
        guard let endpoint = try await endpoints.endpoint(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("webhook endpoint")
        }
        guard endpoint.disabling == nil else {
            throw Problem.conflict(
                "webhook-endpoint-disabled", title: "The endpoint is disabled", detail: "Enable it first.")
        }
        return endpoint
    }

    private func add(
        _ new: [WebhookDelivery], again: [ID<WebhookDelivery>], to endpoint: ID<WebhookEndpoint>, at now: Date,
        in work: UnitOfWork
    ) async throws {
        try await runs.lock([endpoint], in: work)
        try await deliveries.insert(new, in: work)
        try await deliveries.sendAgain(again, at: now, in: work)
        try await runs.wake([endpoint], at: now, in: work)
    }
}

/// A span of time whose events are to be sent again.
package struct WebhookReplay: Hashable, Sendable, Codable {
    private static let longest: TimeInterval = 31 * 86_400

    package let since: Date
    package let until: Date
    /// Whether what was taken once is left out.
    package let onlyUndelivered: Bool

    package init(since: Date, until: Date, onlyUndelivered: Bool = true) {
        // Jobs carry whole seconds.
        self.since = Date(timeIntervalSince1970: since.timeIntervalSince1970.rounded(.down))
        self.until = Date(timeIntervalSince1970: until.timeIntervalSince1970.rounded(.up))
        self.onlyUndelivered = onlyUndelivered
    }

    func check(_ check: inout InputCheck) {
        if until <= since { check.fail("/until", "order", "must be after since") }
        if until.timeIntervalSince(since) > Self.longest {
            check.fail("/since", "too_old", "must not be more than 31 days before until")
        }
    }
}
