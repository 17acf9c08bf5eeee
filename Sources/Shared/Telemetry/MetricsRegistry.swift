package import CoreMetrics
import Synchronization

/// The metrics of the process, shown in Prometheus' text format 0.0.4.
///
/// Make handles (`Counter`, `Timer`, …) once and keep them: making one takes a lock, using one does not. Counters are
/// named `…_total` and timers, which are histograms of seconds, `…_seconds`; where a name lacks the ending it is added.
/// A name used for two kinds of metric shows its second kind with that kind appended. A metric that reaches
/// `maximumSeries` different label sets counts further ones in a series labelled `overflow="true"`.
package final class MetricsRegistry: MetricsFactory {
    /// Reads values at scrape time. It should bound its own waiting; a value that can't be read is left out.
    package typealias Collector = @Sendable () async -> [MetricSample]

    /// The media type of ``render()``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    /// Bucket bounds of timers, in seconds.
    package static let latencyBounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// Bucket bounds of aggregating recorders, which count things.
    package static let quantityBounds: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000, 1_000_000,
    ]

    private struct State {
        var families: [String: MetricFamily] = [:]
        var helpTexts: [String: String] = [:]
        var collectors: [Collector] = []
    }

    private let maximumSeries: Int
    private let state = Mutex(State())

    /// - Parameter maximumSeries: how many label sets one metric may have.
    package init(maximumSeries: Int = 1000) {
        self.maximumSeries = maximumSeries
    }

    /// Sets the `HELP` text of the metric with this label.
    package func describe(_ label: String, _ help: String) {
        state.withLock { $0.helpTexts[label] = help }
    }

    /// Adds values that are read when someone asks, such as a queue's depth.
    package func register(collector: @escaping Collector) {
        state.withLock { $0.collectors.append(collector) }
    }

    /// The whole exposition, in a stable order.
    package func render() async -> String {
        let (families, collectors) = state.withLock { (Array($0.families.values), $0.collectors) }
        let samples = await withTaskGroup(of: [MetricSample].self) { group in
            for collector in collectors {
                group.addTask { await collector() }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        var exposition = PrometheusExposition()
        for family in families {
            exposition.add(family)
        }
        for sample in samples {
            exposition.add(sample)
        }
        return exposition.text
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(.counter, label, dimensions) { CounterSeries() }
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(.counter, label, dimensions) { CounterSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(.gauge, label, dimensions) { GaugeSeries() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return series(.gauge, label, dimensions) { GaugeSeries() } }
        return series(.histogram, label, dimensions) { HistogramSeries(bounds: Self.quantityBounds) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(.histogram, label, dimensions, unit: "seconds") { HistogramSeries(bounds: Self.latencyBounds) }
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    private func series<Series: MetricSeries>(
        _ kind: MetricKind, _ label: String, _ dimensions: [(String, String)], unit: String? = nil,
        _ make: () -> Series
    ) -> Series {
        let labels = MetricLabels(dimensions, of: kind)
        var name = MetricName.of(label, kind: kind, unit: unit)
        return state.withLock { state in
            if let family = state.families[name], family.kind != kind {
                name = MetricName.of(label + "_" + kind.rawValue, kind: kind, unit: unit)
            }
            if let known = state.families[name]?.series[labels] as? Series { return known }
            let help = state.helpTexts[label] ?? label
            return state.families[name, default: MetricFamily(name: name, kind: kind, help: help)]
                .series(labels, limit: maximumSeries, make)
        }
    }

    private func remove(_ handler: AnyObject) {
        state.withLock { state in
            for (name, family) in state.families {
                let rest = family.series.filter { $0.value !== handler }
                guard rest.count < family.series.count else { continue }
                state.families[name]?.series = rest
            }
        }
    }
}
