import Metrics

/// Counters and timers of one queue's runs, made once per kind.
struct JobMetrics: Sendable {
    private struct Handles: Sendable {
        let finished: Counter
        let failed: Counter
        let dead: Counter
        let duration: Metrics.Timer
    }

    private let queue: String
    private let byKind: [String: Handles]

    init(queue: QueueName, registry: JobRegistry) {
        self.queue = queue.rawValue
        byKind = Dictionary(
            uniqueKeysWithValues: registry.handlers.keys.map { ($0, Self.makeHandles(queue: queue.rawValue, kind: $0)) }
        )
    }

    private static func makeHandles(queue: String, kind: String) -> Handles {
        let dimensions = [("queue", queue), ("kind", kind)]
        return Handles(
            finished: Counter(label: "haat_jobs_finished_total", dimensions: dimensions),
            failed: Counter(label: "haat_jobs_failed_total", dimensions: dimensions),
            dead: Counter(label: "haat_jobs_dead_total", dimensions: dimensions),
            duration: Timer(label: "haat_job_duration_seconds", dimensions: dimensions))
    }

    func finished(kind: String, after duration: Duration) {
        byKind[kind]?.finished.increment()
        byKind[kind]?.duration.record(duration: duration)
    }

    func failed(kind: String) {
        byKind[kind]?.failed.increment()
    }

    func buried(kind: String) {
        (byKind[kind] ?? Self.makeHandles(queue: queue, kind: kind)).dead.increment()
    }
}
