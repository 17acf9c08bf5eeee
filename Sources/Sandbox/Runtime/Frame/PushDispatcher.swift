import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization

/// Sends a provider's pushes with bounded concurrency over kept-alive connections, and again as its schedule says.
final class PushDispatcher: Service {
    /// How a dispatcher works; changed by the control plane.
    struct Tuning: Sendable {
        /// How much faster than the provider's own time retries come.
        var speed: Double
        var concurrency: Int
        /// Milliseconds before an attempt without an answer counts as failed.
        var timeout: Int
    }

    private let client: HTTPClient
    private let clock: SandboxClock
    private let faults: FaultBoard
    private let ledger: DeliveryLedger
    private let schedule: RetrySchedule
    private let logger: Logger
    private let queue: Mutex<PushQueue>
    private let tuning: Mutex<Tuning>
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let started = ContinuousClock.now

    init(
        client: HTTPClient, clock: SandboxClock, faults: FaultBoard, ledger: DeliveryLedger, schedule: RetrySchedule,
        tuning: Tuning, logger: Logger
    ) {
        self.client = client
        self.clock = clock
        self.faults = faults
        self.ledger = ledger
        self.schedule = schedule
        self.logger = logger
        queue = Mutex(PushQueue(limit: tuning.concurrency))
        self.tuning = Mutex(tuning)
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    var currentTuning: Tuning { tuning.withLock { $0 } }

    func tune(_ new: Tuning) {
        tuning.withLock { $0 = new }
        queue.withLock { $0.limit = new.concurrency }
        signal.yield()
    }

    /// Plans the pushes that one change causes.
    func submit(_ batch: [Push]) {
        guard !batch.isEmpty else { return }
        let chains = PushPlanner.plan(batch, under: faults.plan)
        let now = instant
        queue.withLock { queue in
            for chain in chains {
                let entries = chain.pushes.map { PushQueue.Entry(push: $0, record: ledger.open($0)) }
                queue.add(entries[...], due: now + chain.delay / 1000)
            }
        }
        signal.yield()
    }

    /// Sends what is kept back as soon as the fault plan no longer says so.
    func faultsChanged() {
        queue.withLock { $0.held = faults.plan.pushes.hold }
        signal.yield()
    }

    /// Lets the provider's time pass for what waits.
    func advance(seconds: Double) {
        let real = seconds / currentTuning.speed
        queue.withLock { $0.hurry(by: real) }
        signal.yield()
    }

    func reset() {
        queue.withLock { $0.removeAll() }
        ledger.reset()
        faultsChanged()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await _ in self.signals { self.drain(into: &group) }
                group.cancelAll()
            }
        }
    }

    private func drain(into group: inout DiscardingTaskGroup) {
        while true {
            switch queue.withLock({ $0.next(now: instant) }) {
            case .send(let items):
                let epoch = ledger.epoch
                for item in items { group.addTask { await self.attempt(item, epoch: epoch) } }
            case .wait(let due):
                return wake(at: due, in: &group)
            case .idle:
                return
            }
        }
    }

    private func wake(at due: Double, in group: inout DiscardingTaskGroup) {
        group.addTask {
            do {
                try await Task.sleep(for: .seconds(max(0.001, due - self.instant)))
                self.queue.withLock { $0.woke() }
                self.signal.yield()
            } catch {
                // Only cancellation ends a sleep early: the dispatcher is stopping.
            }
        }
    }

    private func attempt(_ item: PushQueue.Item, epoch: Int) async {
        let result = await send(item)
        let delivered = schedule.acknowledges(result.status)
        let delay = delivered || schedule.givesUp(result.status) ? nil : schedule.delay(item.failures + 1)
        ledger.note(
            result, on: item.entry.record, outcome: delivered ? .delivered : delay == nil ? .failed : .pending,
            epoch: epoch)
        if !delivered, delay == nil, ledger.epoch == epoch { item.entry.push.whenGivenUp?() }
        let now = instant
        let retry = delay.map { now + $0 / currentTuning.speed }
        queue.withLock {
            if ledger.epoch == epoch { $0.ended(item, retry: retry, now: now) } else { $0.abandoned() }
        }
        signal.yield()
    }

    private func send(_ item: PushQueue.Item) async -> Delivery.Attempt {
        let fault = faults.push(ordinal: item.entry.push.ordinal, copy: item.entry.push.copy, attempt: item.failures)
        let now = clock.now
        if fault.lost { return .init(at: now, status: 0, note: "lost on purpose") }
        guard let request = item.entry.push.request() else {
            return .init(at: now, status: 0, note: "the receiver is gone")
        }
        do {
            let status = try await post(fault.corrupted ? request.corrupted() : request)
            return .init(at: now, status: status, note: fault.corrupted ? "corrupted on purpose" : nil)
        } catch {
            logger.debug("Push failed", metadata: ["event": "\(item.entry.push.id)", "error": "\(error)"])
            return .init(at: now, status: 0, note: "\(error)")
        }
    }

    private func post(_ push: PushRequest) async throws -> Int {
        var request = HTTPClientRequest(url: push.url)
        request.method = .POST
        for header in push.headers { request.headers.add(name: header.name, value: header.value) }
        request.body = .bytes(ByteBuffer(bytes: push.body))
        let response = try await client.execute(request, timeout: .milliseconds(Int64(currentTuning.timeout)))
        for try await _ in response.body {}
        return Int(response.status.code)
    }

    /// Seconds since this dispatcher was made, never going back.
    private var instant: Double {
        let elapsed = started.duration(to: .now).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }
}
