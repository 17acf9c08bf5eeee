package import Core
import Foundation
package import Jobs
import Orders
package import Postgres
import Vendors

/// Makes messages of events, and has endpoints called that are due. It follows the feed of events, so that nobody who brings one about
/// waits for it, and whoever has the turn is alone: each event becomes one message for each endpoint that wants it.
package struct FollowEvents: Sendable {
    /// Of one turn.
    static let mostEvents = 100

    private let endpoints = WebhookEndpointStore()
    private let deliveries = WebhookDeliveryStore()
    private let runs = WebhookRunStore()
    private let feed = EventFeed()
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(ids: UUIDv7Generator, clock: some WallClock) {
        self.ids = ids
        self.clock = clock
    }

    /// - Returns: whether there may be more to do at once.
    /// - Throws: `PostgresError`.
    package func turn(_ executor: some PostgresExecutor, in queue: some WorkScope) async throws -> Bool {
        guard try await runs.isDue(at: clock.now, in: executor) else { return false }
        return try await queue.withUnitOfWork { work in
            guard let position = try await runs.takeTurn(in: work) else { return false }
            let isBehind = try await follow(from: position, in: work)
            let started = try await runs.start(at: clock.now, in: work)
            for run in started { try enqueue(run, in: work) }
            return isBehind || started.count == WebhookRunStore.mostStarted
        }
    }

    /// Those that did not answer last have a queue of their own, where they hold up only one another.
    private func enqueue(_ run: WebhookRun, in work: UnitOfWork) throws {
        if run.isSlow {
            try work.enqueue(DeliverWebhooks.RetryJob(run.key))
        } else {
            try work.enqueue(DeliverWebhooks.Job(run.key))
        }
    }

    /// - Returns: whether there are more events.
    private func follow(from position: Int64, in work: UnitOfWork) async throws -> Bool {
        let last = try await feed.lastPosition(in: work)
        guard last != position else { return false }
        // A feed that ends before what was told is another one, such as a backup's: it is followed from its end on.
        let events = last < position ? [] : try await feed.events(after: position, limit: Self.mostEvents, in: work)
        try await tell(events, in: work)
        let isBehind = events.count == Self.mostEvents
        let end = events.last?.position ?? last
        try await runs.note(isBehind ? end : max(last, end), in: work)
        return isBehind
    }

    private func tell(_ events: [RecordedEvent], in work: UnitOfWork) async throws {
        let messages = try await WebhookMessage.all(of: events, in: work)
        guard !messages.isEmpty else { return }
        let wanting = try await endpoints.wanting(
            Set(messages.map(\.type.name)).sorted(),
            of: messages.reduce(into: Set<ID<Vendor>>()) { $0.formUnion($1.vendors) }.sorted(), in: work)
        let now = clock.now.roundedToMicroseconds
        let new = messages.flatMap { message -> [WebhookDelivery] in
            let vendors = message.vendors
            return wanting.filter { endpoint in
                endpoint.wants(message.type) && endpoint.vendor.map(vendors.contains) ?? true
            }.map { message.delivery(as: ID(uuid: ids.next()), to: $0, at: now) }
        }
        let told = Set(new.map(\.endpoint)).sorted()
        try await runs.lock(told, in: work)
        try await deliveries.insert(new, in: work)
        try await runs.wake(told, at: now, in: work)
    }
}

extension WebhookMessage {
    /// Of those events that are for outside.
    static func all(
        of events: [RecordedEvent], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [WebhookMessage] {
        let orders = Set(events.compactMap(order(of:))).sorted()
        let parts = orders.isEmpty ? [] : try await VendorOrderStore().parts(of: orders, in: executor)
        let byOrder = Dictionary(grouping: parts, by: \.order)
        return events.compactMap { WebhookMessage($0, parts: byOrder) }
    }

    func delivery(as id: ID<WebhookDelivery>, to endpoint: WebhookEndpoint, at now: Date) -> WebhookDelivery {
        WebhookDelivery(
            id: id, endpoint: endpoint.id, event: event, eventType: type.name, body: body(for: endpoint.vendor),
            dueAt: now, createdAt: now)
    }
}
