import Postgres
import Redis
import Telemetry

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
}
