import Jobs
import Logging
import ServiceLifecycle
import Telemetry

/// Gauges that cost a store something: read at an interval, whoever scrapes how often. Where they could not be read for a
/// minute they are left out.
final class RefreshedGauges: Sendable {
    static let interval: Duration = .seconds(10)
    static let lifetime: Duration = .seconds(60)

    private let name: String
    private let latest: LatestValue<[MetricSample]>
    private let read: @Sendable () async throws -> [MetricSample]

    /// - Parameter name: what the log says could not be read.
    init(
        _ name: String, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        read: @escaping @Sendable () async throws -> [MetricSample]
    ) {
        self.name = name
        self.read = read
        latest = LatestValue(lifetime: Self.lifetime, now: now)
    }

    var samples: [MetricSample] { latest.current ?? [] }

    func refresh() async throws {
        latest.store(try await read())
    }

    /// Reads them at an interval.
    func service(logger: Logger) -> any Service {
        PeriodicService(name: name, interval: Self.interval, logger: logger) {
            try await self.refresh()
            return false
        }
    }
}
