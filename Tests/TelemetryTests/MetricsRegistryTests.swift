import CoreMetrics
import Metrics
import Testing

@testable import Telemetry

@Suite("A scrape")
struct MetricsRegistryTests {
    @Test("shows counters, gauges and histograms in a stable order")
    func everything() async {
        let registry = MetricsRegistry()
        registry.describe("webhooks.received", "Webhooks received, by provider.")
        let received = Counter(label: "webhooks.received", dimensions: [("provider", "stripe")], factory: registry)
        received.increment(by: 3)
        Counter(label: "webhooks.received", dimensions: [("provider", "bkash")], factory: registry).increment()
        Gauge(label: "pool_size", factory: registry).record(4)
        let latency = Metrics.Timer(label: "request", factory: registry)
        latency.recordMilliseconds(1)
        latency.recordMilliseconds(40)
        latency.recordSeconds(60)
        let text = await registry.render()
        #expect(
            text == """
                # HELP pool_size pool_size
                # TYPE pool_size gauge
                pool_size 4
                # HELP request_seconds request
                # TYPE request_seconds histogram
                request_seconds_bucket{le="0.0005"} 0
                request_seconds_bucket{le="0.001"} 1
                request_seconds_bucket{le="0.0025"} 1
                request_seconds_bucket{le="0.005"} 1
                request_seconds_bucket{le="0.01"} 1
                request_seconds_bucket{le="0.025"} 1
                request_seconds_bucket{le="0.05"} 2
                request_seconds_bucket{le="0.1"} 2
                request_seconds_bucket{le="0.25"} 2
                request_seconds_bucket{le="0.5"} 2
                request_seconds_bucket{le="1"} 2
                request_seconds_bucket{le="2.5"} 2
                request_seconds_bucket{le="5"} 2
                request_seconds_bucket{le="10"} 2
                request_seconds_bucket{le="+Inf"} 3
                request_seconds_sum 60.041
                request_seconds_count 3
                # HELP webhooks_received_total Webhooks received, by provider.
                # TYPE webhooks_received_total counter
                webhooks_received_total{provider="bkash"} 1
                webhooks_received_total{provider="stripe"} 3

                """)
    }

    @Test("has only lines that Prometheus understands, whatever the labels hold")
    func syntax() async {
        let registry = MetricsRegistry()
        let nasty = ["a\"b", "back\\slash", "new\nline", "carriage\rreturn", "", "日本", "{}=,"]
        for text in nasty {
            Counter(label: "c \(text)", dimensions: [("label \(text)", text)], factory: registry).increment()
            Metrics.Timer(label: "t", dimensions: [("le", text), ("x", text)], factory: registry).recordSeconds(1)
            Recorder(label: "r", dimensions: [("x", text)], factory: registry).record(1.5)
            FloatingPointCounter(label: "f", dimensions: [("x", text)], factory: registry).increment(by: 0.25)
            registry.describe("c \(text)", text)
        }
        Gauge(label: "9 lives", factory: registry).record(Double.infinity)
        Gauge(label: "nan", factory: registry).record(Double.nan)
        registry.register {
            [
                .gauge("queue.depth", 5, help: "line\nbreak \\", labels: ["queue": "mail\"s"]),
                .counter("seen_total", 7, help: "Seen."),
            ]
        }
        let text = await registry.render()
        #expect(text.hasSuffix("\n"))
        expectSyntax(text)
        #expect(text.contains(#"c_new_line_total{label_new_line="new\nline"} 1"#))
        #expect(text.contains(#"queue_depth{queue="mail\"s"} 5"#))
        #expect(text.contains("_9_lives +Inf"))
    }

    @Test("adds up increments of many tasks")
    func concurrency() async {
        let registry = MetricsRegistry()
        let whole = Counter(label: "whole", factory: registry)
        let parts = FloatingPointCounter(label: "parts", factory: registry)
        let gauge = Meter(label: "level", factory: registry)
        let times = Metrics.Timer(label: "times", factory: registry)
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<5000 {
                        whole.increment()
                        parts.increment(by: 0.5)
                        gauge.increment(by: 2)
                        gauge.decrement(by: 1)
                        times.recordMilliseconds(2)
                    }
                }
            }
        }
        let lines = await registry.render().split(separator: "\n")
        #expect(lines.contains("whole_total 40000"))
        #expect(lines.contains("parts_total 20000"))
        #expect(lines.contains("level 40000"))
        #expect(lines.contains("times_seconds_count 40000"))
        #expect(lines.contains(#"times_seconds_bucket{le="0.0025"} 40000"#))
    }

    @Test("gives two handles of the same name and labels one value")
    func sharedHandles() async {
        let registry = MetricsRegistry()
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()
        #expect(await registry.render().contains("c_total{a=\"1\",b=\"2\"} 2\n"))
    }

    @Test("keeps kinds apart that share a name")
    func conflict() async {
        let registry = MetricsRegistry()
        Counter(label: "x_total", factory: registry).increment()
        Gauge(label: "x_total", factory: registry).record(7)
        let text = await registry.render()
        #expect(text.contains("\nx_total 1\n"))
        #expect(text.contains("\nx_total_gauge 7\n"))
        expectSyntax(text)
    }

    @Test("does not let labels grow without bound")
    func overflow() async {
        let registry = MetricsRegistry(maximumSeries: 3)
        for number in 0..<100 {
            Counter(label: "c", dimensions: [("id", "\(number)")], factory: registry).increment()
        }
        let lines = await registry.render().split(separator: "\n").filter { $0.hasPrefix("c_total") }
        #expect(lines.count == 4)
        #expect(lines.contains(#"c_total{overflow="true"} 97"#))
    }

    @Test("forgets a destroyed metric")
    func destruction() async {
        let registry = MetricsRegistry()
        let counter = Counter(label: "c", factory: registry)
        counter.increment()
        counter.destroy()
        #expect(await !registry.render().contains("c_total"))
    }

    @Test("A counter never goes down")
    func monotonic() async {
        let registry = MetricsRegistry()
        let counter = Counter(label: "c", factory: registry)
        counter.increment(by: 5)
        counter.increment(by: -3)
        #expect(await registry.render().contains("c_total 5\n"))
    }

    private func expectSyntax(_ text: String) {
        let comment =
            /# HELP [a-zA-Z_:][a-zA-Z0-9_:]* ([^\\\n\r]|\\\\|\\n)*|# TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram)/
        let value = /[-+]?(Inf|[0-9.]+(e[-+]?[0-9]+)?)|NaN/
        let label = /[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n\r]|\\\\|\\"|\\n)*"/
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("#") {
                #expect(line.wholeMatch(of: comment) != nil, "\(line)")
                continue
            }
            guard let space = line.lastIndex(of: " ") else {
                Issue.record("no value: \(line)")
                continue
            }
            #expect(line[line.index(after: space)...].wholeMatch(of: value) != nil, "\(line)")
            var series = line[..<space]
            guard let name = series.prefixMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) else {
                Issue.record("no name: \(line)")
                continue
            }
            series = series[name.range.upperBound...]
            guard !series.isEmpty else { continue }
            #expect(series.hasPrefix("{") && series.hasSuffix("}"), "\(line)")
            var labels = series.dropFirst().dropLast()
            while !labels.isEmpty {
                guard let match = labels.prefixMatch(of: label) else {
                    Issue.record("no label: \(line)")
                    break
                }
                labels = labels[match.range.upperBound...]
                if labels.hasPrefix(",") { labels.removeFirst() }
            }
        }
    }
}
