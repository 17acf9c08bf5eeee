/// Prometheus' text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
struct PrometheusExposition {
    private struct Block {
        let kind: MetricKind
        let help: String
        var readings: [MetricLabels: MetricReading] = [:]
    }

    private var blocks: [String: Block] = [:]

    mutating func add(_ family: MetricFamily) {
        for (labels, series) in family.series {
            add(series.reading, labels, to: family.name, family.kind, family.help)
        }
    }

    mutating func add(_ sample: MetricSample) {
        let kind: MetricKind = sample.kind == .counter ? .counter : .gauge
        let labels = MetricLabels(sample.labels.map { ($0.key, $0.value) }, of: kind)
        var name = MetricName.of(sample.name, kind: kind)
        if let block = blocks[name], block.kind != kind {
            name = MetricName.of(sample.name + "_" + kind.rawValue, kind: kind)
        }
        add(.value(sample.value), labels, to: name, kind, sample.help)
    }

    var text: String {
        var text = ""
        for (name, block) in blocks.sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(Self.escaped(block.help))\n# TYPE \(name) \(block.kind.rawValue)\n"
            for (labels, reading) in block.readings.sorted(by: { $0.key < $1.key }) {
                Self.write(reading, name, labels, to: &text)
            }
        }
        return text
    }

    private mutating func add(
        _ reading: MetricReading, _ labels: MetricLabels, to name: String, _ kind: MetricKind, _ help: String
    ) {
        blocks[name, default: Block(kind: kind, help: help)].readings[labels] = reading
    }

    private static func write(_ reading: MetricReading, _ name: String, _ labels: MetricLabels, to text: inout String) {
        switch reading {
        case .value(let value):
            line(name, labels.text, number(value), to: &text)
        case .histogram(let bounds, let counts, let sum):
            var total: UInt64 = 0
            for (index, count) in counts.enumerated() {
                total += count
                let bound = index < bounds.count ? number(bounds[index]) : "+Inf"
                let separator = labels.text.isEmpty ? "" : ","
                line("\(name)_bucket", "\(labels.text)\(separator)le=\"\(bound)\"", "\(total)", to: &text)
            }
            line("\(name)_sum", labels.text, number(sum), to: &text)
            line("\(name)_count", labels.text, "\(total)", to: &text)
        }
    }

    private static func line(_ name: String, _ labels: String, _ value: String, to text: inout String) {
        text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), abs(value) < 1e15 { return "\(whole)" }
        return "\(value)"
    }

    private static func escaped(_ help: String) -> String {
        help.replacing("\\", with: #"\\"#).replacing("\n", with: #"\n"#).replacing("\r", with: " ")
    }
}
