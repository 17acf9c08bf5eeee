package import Core
import Telemetry

/// What `/health/ready` and `/metrics` answer, for the API and for workers alike.
package struct HealthDocument: Sendable {
    package let isReady: Bool
    /// JSON.
    package let body: String

    /// - Parameter needsRedis: whether the process is useless without Redis. The API takes orders and webhooks all the same.
    package init(_ report: HealthProbe.Report, needsRedis: Bool) {
        isReady = report.postgres.isHealthy && (report.redis.isHealthy || !needsRedis)
        let status = !isReady ? "unavailable" : report.redis.isHealthy ? "ready" : "degraded"
        body =
            #"{"status":"\#(status)","postgres":"\#(Self.word(report.postgres))","redis":"\#(Self.word(report.redis))"}"#
    }

    /// Reasons go to the log, not to strangers.
    private static func word(_ health: HealthProbe.StoreHealth) -> String {
        health.isHealthy ? "healthy" : "failing"
    }

    /// `Content-Type` of Prometheus' text format.
    package static let metricsContentType = "text/plain; version=0.0.4; charset=utf-8"
}
