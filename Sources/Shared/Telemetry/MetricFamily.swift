enum MetricKind: String {
    case counter
    case gauge
    case histogram
}

/// All series of one name.
struct MetricFamily {
    let name: String
    let kind: MetricKind
    let help: String
    var series: [MetricLabels: any MetricSeries] = [:]

    /// The series with these labels, or the one for overflow where there are too many.
    mutating func series<Series: MetricSeries>(_ labels: MetricLabels, limit: Int, _ make: () -> Series) -> Series {
        let key = series.count < limit ? labels : .overflow
        let series = (self.series[key] as? Series) ?? make()
        self.series[key] = series
        return series
    }
}

/// A series' labels in their wire form, `a="1",b="2"`, sorted by name.
struct MetricLabels: Hashable, Comparable {
    let text: String

    static let overflow = MetricLabels(text: #"overflow="true""#)

    private init(text: String) {
        self.text = text
    }

    /// A label given twice keeps its last value. `le` belongs to histograms and is renamed on them.
    init(_ dimensions: [(String, String)], of kind: MetricKind) {
        var labels: [String: String] = [:]
        for (name, value) in dimensions {
            let legal = MetricName.legalLabel(name)
            labels[kind == .histogram && legal == "le" ? "exported_le" : legal] = value
        }
        text = labels.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
            .joined(separator: ",")
    }

    static func < (left: MetricLabels, right: MetricLabels) -> Bool {
        left.text < right.text
    }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += #"\\"#
            case "\"": escaped += #"\""#
            case "\n": escaped += #"\n"#
            case "\r": escaped += #"\\r"#
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}

enum MetricName {
    /// The name Prometheus sees for a swift-metrics label.
    static func of(_ label: String, kind: MetricKind, unit: String? = nil) -> String {
        var name = legal(label, mayContainColon: true)
        if let unit, !name.hasSuffix("_\(unit)") { name += "_\(unit)" }
        if kind == .counter, !name.hasSuffix("_total") { name += "_total" }
        return name
    }

    static func legalLabel(_ name: String) -> String {
        legal(name, mayContainColon: false)
    }

    private static func legal(_ text: String, mayContainColon: Bool) -> String {
        var legal = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": legal.append(scalar)
            case "0"..."9":
                if legal.isEmpty { legal.append("_") }
                legal.append(scalar)
            case ":" where mayContainColon: legal.append(scalar)
            default: legal.append("_")
            }
        }
        return legal.isEmpty ? "_" : String(legal)
    }
}
