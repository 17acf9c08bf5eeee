/// Counts requests per minute of the provider's time. Zero allows any number.
struct MinuteLimit: Sendable, Codable {
    var perMinute = 0
    private var minute = 0
    private var count = 0

    /// Whether one more request fits into this minute.
    mutating func admit(now: Int) -> Bool {
        guard perMinute > 0 else { return true }
        if now / 60 != minute {
            minute = now / 60
            count = 0
        }
        count += 1
        return count <= perMinute
    }

    mutating func set(_ limit: Int) {
        self = MinuteLimit()
        perMinute = limit
    }
}
