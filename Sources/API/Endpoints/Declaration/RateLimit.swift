/// How often one client (who shows the same credentials, else one network address) may call: a token bucket that holds `count` and refills over the window.
package struct RateLimit: Sendable, Hashable {
    package enum Window: Int, Sendable {
        case second = 1
        case minute = 60
        case hour = 3600
        case day = 86_400
    }

    /// Calls in a burst and per window; nil for no limit.
    package let count: Int?
    package let window: Window

    /// At most `count` calls per window and client, which may come at once. `count` must be positive.
    package static func perClient(_ count: Int, per window: Window) -> RateLimit {
        RateLimit(count: max(count, 1), window: window)
    }

    /// The same window with `factor` times the calls.
    package func times(_ factor: Int) -> RateLimit {
        RateLimit(
            count: count.map { $0.multipliedReportingOverflow(by: factor) }.map {
                $0.overflow ? .max : $0.partialValue
            }, window: window)
    }

    /// For what must never be refused, such as signed webhooks.
    package static var unlimited: RateLimit { RateLimit(count: nil, window: .second) }
}
