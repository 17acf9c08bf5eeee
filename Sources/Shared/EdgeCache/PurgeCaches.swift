package import Core
import Foundation
package import Jobs
package import Logging
package import Outbound
package import Postgres

/// Tells the cache before the API what to drop: it follows the feed of events, so that nobody who changes something waits for it, and
/// whatever was changed meanwhile goes with one call.
package struct PurgeCaches: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "caches.purge"
        package static let queue = QueueName.caches

        package init() {}
    }

    /// Of one run; where more has happened, everything is dropped.
    static let mostEvents = 10_000
    static let mostKeys = 1_000
    private static let page = 1_000

    private let call: PurgeCall
    private let client: ProviderClient
    private let store = PurgeStore()
    private let feed = EventFeed()
    private let clock: any WallClock

    package init(
        _ settings: PurgeSettings, transport: any OutboundTransport, timing: OutboundTiming = .system,
        clock: some WallClock, logger: Logger
    ) {
        call = PurgeCall(settings: settings)
        client = ProviderClient(
            profile: ProviderProfile(
                name: "cache", baseURL: settings.origin,
                mask: SecretMask(headers: ["Authorization", "Fastly-Key", "webhook-signature"])),
            transport: transport, timing: timing, logger: logger)
        self.clock = clock
    }

    /// Asks for a run where something has happened since the last one, and none is under way.
    /// - Returns: whether it did.
    package func ask(_ executor: some PostgresExecutor, in queue: JobQueue) async throws -> Bool {
        let now = clock.now
        guard try await store.isDue(at: now, in: executor) else { return false }
        return try await queue.withUnitOfWork { work in
            guard try await store.ask(at: now, in: work) else { return false }
            try work.enqueue(Job())
            return true
        }
    }

    /// - Throws: ``OutboundError`` where the cache has not taken it: then all of it is told again.
    package func run(in claim: some Claim) async throws {
        try await claim.hold()
        let turn = try await claim.withUnitOfWork { try await next(in: $0) }
        for (number, purge) in turn.purges.enumerated() {
            let id = "pur_\(turn.start)_\(turn.end)_\(number)"
            _ = try await client.call(call.request(purge, id: id, at: clock.now))
        }
        try await claim.finish { try await store.note(turn.end, in: $0) }
    }

    private struct Turn: Sendable {
        let start: Int64
        let end: Int64
        let purges: [Purge]
    }

    private func next(in work: UnitOfWork) async throws -> Turn {
        let start = try await store.position(in: work)
        let last = try await feed.lastPosition(in: work)
        // A feed that ends before what was told is another one, such as a backup's.
        guard start <= last, last - start <= Int64(Self.mostEvents) else {
            return Turn(start: start, end: last, purges: [.everything])
        }
        var keys: Set<SurrogateKey> = []
        var end = start
        while end < last {
            let events = try await feed.events(after: end, limit: Self.page, in: work)
            guard let newest = events.last else { break }
            end = newest.position
            keys.formUnion(events.flatMap(\.droppedKeys))
        }
        guard keys.count <= Self.mostKeys else { return Turn(start: start, end: end, purges: [.everything]) }
        let sorted = keys.sorted { $0.description < $1.description }
        let purges = stride(from: 0, to: sorted.count, by: call.mostKeys).map {
            Purge.keys(Array(sorted[$0..<min($0 + call.mostKeys, sorted.count)]))
        }
        return Turn(start: start, end: max(end, last), purges: purges)
    }
}

/// How far caches were told.
struct PurgeStore: Sendable {
    /// A run that has not ended by then is not under way any more.
    private static let patience: TimeInterval = 900

    func isDue(at now: Date, in executor: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            """
            SELECT last <> position AND (asked = position OR asked_at < \(now - Self.patience))
            FROM purge_progress, event_positions
            """, as: Bool.self) ?? false
    }

    /// - Returns: false where somebody else has asked meanwhile.
    func ask(at now: Date, in work: UnitOfWork) async throws(PostgresError) -> Bool {
        try await work.execute(
            """
            UPDATE purge_progress SET asked = last, asked_at = \(now) FROM event_positions
            WHERE last <> position AND (asked = position OR asked_at < \(now - Self.patience))
            """) == 1
    }

    func position(in executor: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        try await executor.queryValue("SELECT position FROM purge_progress", as: Int64.self) ?? 0
    }

    func note(_ position: Int64, in work: UnitOfWork) async throws(PostgresError) {
        try await work.deferUpdate("UPDATE purge_progress SET position = \(position), asked = \(position)")
    }
}
