import Logging
import Synchronization
import Telemetry
import Testing

@testable import Platform

@Suite("What is looked at again and again")
struct StoreWatchTests {
    /// A clock that stands until it is moved.
    private final class StandingClock: Sendable {
        private let time = Mutex(ContinuousClock.now)

        var now: ContinuousClock.Instant { time.withLock { $0 } }

        func advance(by duration: Duration) { time.withLock { $0 += duration } }
    }

    /// A store that is what it is told to be.
    private final class Store: Sendable {
        private let state = Mutex((health: StoreHealth.healthy, looks: 0))

        var looks: Int { state.withLock { $0.looks } }

        func become(_ health: StoreHealth) { state.withLock { $0.health = health } }

        func look() -> StoreHealth {
            state.withLock { state in
                state.looks += 1
                return state.health
            }
        }
    }

    private let clock = StandingClock()

    private func watch(_ store: Store) -> StoreWatch {
        StoreWatch("store", logger: Logger(label: "test"), now: { [clock] in clock.now }) { store.look() }
    }

    private func readiness(_ postgres: Store, _ redis: Store, needsRedis: Bool) async -> Readiness.Status {
        let (postgres, redis) = (watch(postgres), watch(redis))
        await postgres.look()
        await redis.look()
        let readiness = Readiness(postgres: postgres, redis: redis, needsRedis: needsRedis)
        readiness.markServing()
        return readiness.status
    }

    @Test("A store is healthy from a look that found it so until that is too long ago")
    func ages() async {
        let store = Store()
        let watch = watch(store)
        #expect(!watch.isHealthy)
        await watch.look()
        #expect(watch.isHealthy)
        clock.advance(by: StoreWatch.lifetime)
        #expect(watch.isHealthy)
        clock.advance(by: .milliseconds(1))
        #expect(!watch.isHealthy)
        await watch.look()
        #expect(watch.isHealthy)
        store.become(.failing("full"))
        await watch.look()
        #expect(!watch.isHealthy)
        #expect(store.looks == 3)
    }

    @Test("A look that does not end leaves the store failing")
    func hangs() async {
        let store = Store()
        let (asked, asking) = AsyncStream<CheckedContinuation<Void, Never>>.makeStream()
        let watch = StoreWatch("store", logger: Logger(label: "test"), now: { [clock] in clock.now }) {
            if store.look() != .healthy { await withCheckedContinuation { _ = asking.yield($0) } }
            return .healthy
        }
        await watch.look()
        store.become(.failing("silent"))
        async let look: Void = watch.look()
        var questions = asked.makeAsyncIterator()
        let question = await questions.next()
        #expect(watch.isHealthy)
        clock.advance(by: StoreWatch.lifetime + .milliseconds(1))
        #expect(!watch.isHealthy)
        question?.resume()
        await look
        #expect(watch.isHealthy)
    }

    @Test("A store that lets a look wait too long is failing from then on, and healthy once it answers in time")
    func slow() async {
        let store = Store()
        let watch = StoreWatch("store", logger: Logger(label: "test"), deadline: .milliseconds(100)) {
            if store.look() != .healthy {
                do { try await Task.sleep(for: .seconds(600)) } catch { return .failing("cancelled") }
            }
            return .healthy
        }
        await watch.look()
        #expect(watch.isHealthy)
        store.become(.failing("silent"))
        let started = ContinuousClock.now
        await watch.look()
        #expect(ContinuousClock.now - started < .seconds(60))
        #expect(!watch.isHealthy)
        store.become(.healthy)
        await watch.look()
        #expect(watch.isHealthy)
    }

    @Test("Without Redis the API is degraded, and a worker is of no use")
    func degraded() async {
        let (healthy, failing) = (Store(), Store())
        failing.become(.failing("gone"))
        #expect(await readiness(healthy, healthy, needsRedis: true) == .ready)
        #expect(await readiness(healthy, failing, needsRedis: false) == .degraded)
        #expect(await readiness(healthy, failing, needsRedis: true) == .unavailable)
        #expect(await readiness(failing, healthy, needsRedis: false) == .unavailable)
    }

    @Test("Gauges are read once for all who scrape, kept where a reading fails, and left out once they are old")
    func gauges() async throws {
        struct Unreadable: Error {}
        let store = Store()
        let gauges = RefreshedGauges("test", now: { [clock] in clock.now }) {
            guard store.look() == .healthy else { throw Unreadable() }
            return [.gauge("looks", store.looks, help: "How often it was looked at.")]
        }
        let metrics = MetricsRegistry()
        metrics.register { gauges.samples }
        #expect(await metrics.render().isEmpty)
        try await gauges.refresh()
        for _ in 0..<3 { #expect(await metrics.render().contains("looks 1\n")) }
        store.become(.failing("gone"))
        await #expect(throws: Unreadable.self) { try await gauges.refresh() }
        #expect(await metrics.render().contains("looks 1\n"))
        clock.advance(by: RefreshedGauges.lifetime + .milliseconds(1))
        #expect(await metrics.render().isEmpty)
    }
}
