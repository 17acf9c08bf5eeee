import HTTPTypes
import Hummingbird
import Logging
import Metrics
import Synchronization

/// Counts and times the requests of one route, and writes the access log.
final class RouteTelemetry: Sendable {
    private let method: String
    private let route: String
    private let duration: Metrics.Timer
    /// Counters by status, made when a status first occurs.
    private let counters = Mutex<[Int: Counter]>([:])

    /// - Parameter route: The template, never a path with ids: it becomes a label.
    init(method: String, route: String) {
        self.method = method
        self.route = route
        duration = Metrics.Timer(
            label: "http_request_duration_seconds", dimensions: [("method", method), ("route", route)])
    }

    func record(_ response: Response, exchange: Exchange, caller: String?) {
        let elapsed = exchange.started.duration(to: .now)
        let status = response.status.code
        counter(for: status).increment()
        duration.record(duration: elapsed)
        var metadata: Logger.Metadata = [
            "method": .string(method), "route": .string(route), "path": .string(exchange.path),
            "status": .stringConvertible(status),
            "duration_ms": .stringConvertible(elapsed.milliseconds), "client": .string(exchange.clientAddress),
        ]
        if let caller { metadata["caller"] = .string(caller) }
        exchange.logger.info("request", metadata: metadata)
    }

    private func counter(for status: Int) -> Counter {
        counters.withLock { counters in
            if let counter = counters[status] { return counter }
            let counter = Counter(
                label: "http_requests_total",
                dimensions: [("method", method), ("route", route), ("status", "\(status)")])
            counters[status] = counter
            return counter
        }
    }
}

extension Duration {
    /// To a hundredth.
    fileprivate var milliseconds: Double {
        let microseconds = Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12
        return (microseconds / 10).rounded() / 100
    }
}
