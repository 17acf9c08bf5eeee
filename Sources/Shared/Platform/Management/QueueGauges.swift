import Jobs
import Telemetry

/// Depth and age of the queues, as PostgreSQL and as Redis tell them.
enum QueueGauges {
    static func all(of jobs: JobOperations) -> [RefreshedGauges] {
        [
            RefreshedGauges("count unfinished jobs") { try await jobs.backlog().flatMap(samples) },
            RefreshedGauges("measure queues") {
                var all: [MetricSample] = []
                for name in QueueName.all { all += samples(try await jobs.depth(name)) }
                return all
            },
        ]
    }

    private static func samples(_ backlog: QueueBacklog) -> [MetricSample] {
        let labels = ["queue": backlog.queue]
        return [
            .gauge(
                "haat_queue_unfinished", backlog.unfinished, help: "Jobs recorded and not finished.", labels: labels),
            .gauge("haat_queue_dead", backlog.dead, help: "Jobs that failed for good.", labels: labels),
            .gauge(
                "haat_queue_oldest_pending_seconds", backlog.oldestPendingSeconds,
                help: "How long the longest-waiting due job has waited.", labels: labels),
        ]
    }

    private static func samples(_ depth: QueueDepth) -> [MetricSample] {
        let labels = ["queue": depth.queue.rawValue]
        return [
            .gauge("haat_queue_ready", depth.ready, help: "Jobs waiting in Redis.", labels: labels),
            .gauge("haat_queue_active", depth.active, help: "Jobs held by workers.", labels: labels),
            .gauge(
                "haat_queue_paused", depth.isPaused ? 1 : 0, help: "1 while the queue is paused.", labels: labels),
        ]
    }
}
