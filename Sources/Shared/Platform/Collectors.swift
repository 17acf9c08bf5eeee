package import Jobs
package import Logging
import Postgres
import Redis
package import Telemetry

extension MetricsRegistry {
    /// Pool use of the process.
    func registerPool(of postgres: PostgresClient) {
        register {
            let pool = postgres.statistics
            let notices = PostgresNoticeSeverity.allCases.map { severity in
                MetricSample.counter(
                    "haat_postgres_notices_total", pool.notices[severity, default: 0],
                    help: "What PostgreSQL said besides its answers.", labels: ["severity": severity.rawValue])
            }
            return notices + [
                .counter(
                    "haat_postgres_unconfirmed_commits_total", pool.unconfirmedCommits,
                    help: "Commits that stopped waiting for their synchronous standby."),
                .gauge("haat_postgres_connections_open", pool.open, help: "Open connections to PostgreSQL."),
                .gauge("haat_postgres_connections_idle", pool.idle, help: "Open connections that nobody uses."),
                .gauge("haat_postgres_connections_leased", pool.leased, help: "Connections held by transactions."),
                .gauge("haat_postgres_waiting", pool.waiting, help: "Callers that wait for a connection."),
                .gauge(
                    "haat_postgres_circuit_open", pool.circuit == .closed ? 0 : 1,
                    help: "1 while requests are refused because the server can't be reached."),
            ]
        }
    }

    func registerConnections(of redis: RedisClient) {
        register {
            let statistics = redis.statistics
            return [
                .gauge(
                    "haat_redis_connected", statistics.connectedConnections, help: "Shared connections that are up."),
                .counter("haat_redis_commands_total", statistics.commands, help: "Commands written to Redis."),
                .counter(
                    "haat_redis_timeouts_total", statistics.timeouts, help: "Callers that gave up waiting for Redis."),
            ]
        }
    }

    /// Depth and age of the queues, read from the stores at scrape time; what can't be read is left out.
    package func registerQueues(_ jobs: JobOperations, logger: Logger) {
        register {
            var samples: [MetricSample] = []
            do {
                for queue in try await jobs.backlog() {
                    let labels = ["queue": queue.queue]
                    samples += [
                        .gauge(
                            "haat_queue_unfinished", queue.unfinished, help: "Jobs recorded and not finished.",
                            labels: labels),
                        .gauge("haat_queue_dead", queue.dead, help: "Jobs that failed for good.", labels: labels),
                        .gauge(
                            "haat_queue_oldest_pending_seconds", queue.oldestPendingSeconds,
                            help: "How long the longest-waiting due job has waited.", labels: labels),
                    ]
                }
                for name in QueueName.all {
                    let depth = try await jobs.depth(name)
                    let labels = ["queue": name.rawValue]
                    samples += [
                        .gauge("haat_queue_ready", depth.ready, help: "Jobs waiting in Redis.", labels: labels),
                        .gauge("haat_queue_active", depth.active, help: "Jobs held by workers.", labels: labels),
                        .gauge(
                            "haat_queue_paused", depth.isPaused ? 1 : 0, help: "1 while the queue is paused.",
                            labels: labels),
                    ]
                }
            } catch {
                logger.warning("Queue metrics are incomplete", metadata: ["error": "\(error)"])
            }
            return samples
        }
    }
}
