import Catalog
import Core
import Foundation
import Inventory
import Jobs
import Logging
import Metrics
import Postgres
import ServiceLifecycle
import Vendors

/// Some events, in the order of their positions, as one look at the feed has found them.
struct LiveBatch: Sendable {
    let events: [RecordedEvent]
    /// The stock that they have changed, as it is now.
    let stock: [StockReading]
    /// The last position looked at: who goes on after it misses nothing.
    let position: Int64
}

/// How many units of a variant there are, and what it belongs to.
struct StockReading: Sendable {
    let item: StockChanged.Item
    let level: StockLevel
}

/// Tells those who watch at this process what happens, once it has its position. One connection listens for all of them, one query reads for all
/// of them, and while nobody watches nothing is read.
actor LiveEvents: Service {
    /// One who is told of what happens.
    struct Watch: Sendable {
        /// What comes after `start`. It ends where its reader is too slow, and when the process stops.
        let batches: AsyncStream<LiveBatch>
        let start: Int64
    }

    private struct Watcher {
        let batches: AsyncStream<LiveBatch>.Continuation
        let wantsStock: Bool
    }

    /// Events of one look.
    static let batch = 500
    /// What somebody who was away is told of; who missed more reads everything anew.
    static let mostMissed = 1_000
    /// Looks that wait for a reader; one more and it is cut off.
    static let patience = 32
    static let mostWatchers = 2_000
    /// Where no notification comes through, as behind a pooler.
    private static let fallback: Duration = .seconds(1)
    private static let heartbeat: Duration = .seconds(15)

    private let postgres: PostgresClient
    private let logger: Logger
    private let feed = EventFeed()
    private let stock = StockStore()
    private var watchers: [Int: Watcher] = [:]
    private var next = 0
    /// What watchers have been told of; nil while there are none.
    private var position: Int64?
    private var isLooking = false
    private var isAsked = false
    private var isOver = false

    init(postgres: PostgresClient, logger: Logger) {
        self.postgres = postgres
        self.logger = logger
    }

    /// Until the process stops; then all watches end.
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in self.postgres.notifications(on: EventFeed.channel) { await self.look() }
                }
                group.addTask { await self.repeating(every: Self.fallback) { await self.look() } }
                group.addTask { await self.repeating(every: Self.heartbeat) { await self.beat() } }
                await group.waitForAll()
            }
        }
        isOver = true
        for watcher in watchers.values { watcher.batches.finish() }
    }

    /// - Parameter wantsStock: whether it is told of stock as it is now; without anybody who is, that is not read.
    /// - Throws: a 503 `Problem` where too many watch, or the process stops; `PostgresError`.
    func watch(wantsStock: Bool = true) async throws -> Watch {
        guard hasRoom else { throw Self.full }
        if position == nil {
            let last = try await feed.lastPosition(in: postgres)
            // Somebody else may have begun meanwhile, and be further.
            position = position ?? last
        }
        guard hasRoom, let start = position else { throw Self.full }
        next += 1
        let number = next
        let (batches, continuation) = AsyncStream.makeStream(
            of: LiveBatch.self, bufferingPolicy: .bufferingOldest(Self.patience))
        continuation.onTermination = { _ in Task { await self.forget(number) } }
        watchers[number] = Watcher(batches: continuation, wantsStock: wantsStock)
        return Watch(batches: batches, start: start)
    }

    var hasRoom: Bool { !isOver && watchers.count < Self.mostWatchers }

    static let full = Problem(
        type: "too-many-streams", title: "Too many watch", status: 503, detail: "Come back later, or ask now and then",
        retryAfter: .seconds(30))

    /// What happened between two positions; nil where that is more than anybody is told of.
    func missed(after position: Int64, upTo end: Int64) async throws -> LiveBatch? {
        guard position < end else { return LiveBatch(events: [], stock: [], position: end) }
        let events = try await feed.events(after: position, limit: Self.mostMissed + 1, in: postgres)
            .filter { $0.position <= end }
        guard events.count <= Self.mostMissed else { return nil }
        return LiveBatch(events: events, stock: try await readings(of: events), position: end)
    }

    private func forget(_ number: Int) {
        watchers[number] = nil
        if watchers.isEmpty { position = nil }
    }

    private func repeating(every interval: Duration, _ body: @Sendable () async -> Void) async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: interval) } catch { return }
            await body()
        }
    }

    /// One at a time; who asks meanwhile has another one follow.
    private func look() async {
        isAsked = true
        guard !isLooking else { return }
        isLooking = true
        defer { isLooking = false }
        do {
            while isAsked {
                isAsked = false
                while try await tellNext() {}
            }
        } catch {
            logger.log(
                level: Task.isCancelled ? .trace : .warning, "Watchers wait for events", metadata: ["error": "\(error)"]
            )
        }
    }

    /// - Returns: whether there may be more.
    private func tellNext() async throws -> Bool {
        guard !watchers.isEmpty, let start = position else { return false }
        let events = try await feed.events(after: start, limit: Self.batch, in: postgres)
        guard let last = events.last else { return false }
        let readings = watchers.values.contains(where: \.wantsStock) ? try await readings(of: events) : []
        // All have gone, and others have come since.
        guard position == start else { return true }
        position = last.position
        tell(LiveBatch(events: events, stock: readings, position: last.position))
        return events.count == Self.batch
    }

    /// Nothing has happened; a position all the same, so that who comes back later has little to read.
    private func beat() {
        guard let position else { return }
        tell(LiveBatch(events: [], stock: [], position: position))
    }

    private func tell(_ batch: LiveBatch) {
        for (number, watcher) in watchers {
            guard case .dropped = watcher.batches.yield(batch) else { continue }
            Counter(label: "haat_live_watchers_cut_total").increment()
            watcher.batches.finish()
            watchers[number] = nil
        }
    }

    /// Each variant once, however often it has changed.
    private func readings(of events: [RecordedEvent]) async throws -> [StockReading] {
        var items: [ID<Variant>: StockChanged.Item] = [:]
        for event in events where event.name == StockChanged.name {
            for item in StockChanged.Item.all(of: event) { items[item.variantID] = item }
        }
        guard !items.isEmpty else { return [] }
        let variants = items.keys.sorted()
        let levels = try await stock.levels(of: variants, in: postgres)
        return zip(variants, levels).compactMap { variant, level in
            items[variant].map { StockReading(item: $0, level: level) }
        }
    }
}
