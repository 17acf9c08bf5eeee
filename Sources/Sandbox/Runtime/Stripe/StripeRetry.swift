extension RetrySchedule {
    /// Exponential backoff for up to three days. The intervals are not published: UNCONFIRMED are the first minute,
    /// the doubling, and the ceiling of twelve hours.
    static let stripe = RetrySchedule { failures in
        var delay = 60.0
        var elapsed = 0.0
        for _ in 1..<max(failures, 1) {
            elapsed += delay
            delay = min(delay * 2, 12 * 3600)
        }
        return elapsed + delay <= 3 * 86_400 ? delay : nil
    }
}
