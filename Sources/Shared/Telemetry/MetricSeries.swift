import CoreMetrics
import Synchronization

/// One metric with one set of labels, as it accumulates.
protocol MetricSeries: AnyObject, Sendable {
    var reading: MetricReading { get }
}

/// What a series holds at the moment of a scrape.
enum MetricReading {
    case value(Double)
    /// `counts` are per bucket, not cumulative, with one more at the end for what exceeds all bounds.
    case histogram(bounds: [Double], counts: [UInt64], sum: Double)
}

final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    private let whole = Atomic<Int64>(0)
    private let fractional = Atomic<Double.Bits>(0)

    var reading: MetricReading {
        .value(Double(whole.load(ordering: .relaxed)) + Double(bitPattern: fractional.load(ordering: .relaxed)))
    }

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(amount, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fractional.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fractional.store(0, ordering: .relaxed)
    }
}

final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    private let value = Atomic<Double.Bits>(0)

    var reading: MetricReading { .value(Double(bitPattern: value.load(ordering: .relaxed))) }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.store(value.bitPattern, ordering: .relaxed) }
    func increment(by amount: Double) { value.add(amount) }
    func decrement(by amount: Double) { value.add(-amount) }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
    private struct Tally {
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let tally: Mutex<Tally>

    init(bounds: [Double]) {
        self.bounds = bounds
        tally = Mutex(Tally(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    var reading: MetricReading {
        let tally = tally.withLock { $0 }
        return .histogram(bounds: bounds, counts: tally.counts, sum: tally.sum)
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        tally.withLock { tally in
            tally.counts[bucket] += 1
            tally.sum += value
        }
    }
}

extension Double {
    typealias Bits = UInt64
}

extension Atomic where Value == Double.Bits {
    fileprivate func add(_ amount: Double) {
        var current = load(ordering: .relaxed)
        while true {
            let sum = (Double(bitPattern: current) + amount).bitPattern
            let (exchanged, original) = weakCompareExchange(expected: current, desired: sum, ordering: .relaxed)
            if exchanged { return }
            current = original
        }
    }
}
