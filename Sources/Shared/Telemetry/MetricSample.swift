/// One value read at scrape time.
package struct MetricSample: Sendable, Hashable {
    /// What the value means to Prometheus.
    package enum Kind: String, Sendable {
        case counter
        case gauge
    }

    /// The metric's name; characters Prometheus does not allow become underscores.
    package let name: String
    /// One line that says what is measured, in which unit.
    package let help: String
    /// A counter only ever grows; a gauge goes up and down.
    package let kind: Kind
    /// Labels, as name and value.
    package let labels: [String: String]
    /// The value.
    package let value: Double

    /// A value that goes up and down.
    package static func gauge(
        _ name: String, _ value: some BinaryInteger, help: String, labels: [String: String] = [:]
    ) -> MetricSample {
        gauge(name, Double(value), help: help, labels: labels)
    }

    /// A value that goes up and down.
    package static func gauge(
        _ name: String, _ value: Double, help: String, labels: [String: String] = [:]
    ) -> MetricSample {
        MetricSample(name: name, help: help, kind: .gauge, labels: labels, value: value)
    }

    /// A total that only grows; its name should end in `_total`.
    package static func counter(
        _ name: String, _ value: some BinaryInteger, help: String, labels: [String: String] = [:]
    ) -> MetricSample {
        MetricSample(name: name, help: help, kind: .counter, labels: labels, value: Double(value))
    }
}
