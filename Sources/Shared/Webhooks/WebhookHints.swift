import Redis

/// What Redis remembers of events: `d` once one is durable. Nothing is noted of one on its way, which goes to the unique
/// index anyhow: that would be a second write for each event.
struct WebhookHints: Sendable {
    private static let durableMilliseconds = String(72 * 3600 * 1000)
    /// A slow Redis must not slow the answer.
    private static let budget: Duration = .milliseconds(50)

    let redis: RedisClient

    /// For each event whether it is known to be durable. Where Redis can't tell in time, nothing is known.
    func areDurable(_ arrivals: [ArrivedEvent]) async -> [Bool] {
        let unknown = arrivals.map { _ in false }
        do {
            let command = RedisCommand("MGET", arguments: arrivals.map(\.hintKey))
            let values = try await redis.send(command, timeout: Self.budget).elements ?? []
            return values.count == arrivals.count ? values.map { $0.text == "d" } : unknown
        } catch {
            return unknown
        }
    }

    /// - Parameter keys: the events' hint keys.
    func markDurable(_ keys: [String]) async throws(RedisError) {
        _ = try await redis.pipeline(keys.map { RedisCommand("SET", $0, "d", "PX", Self.durableMilliseconds) })
    }
}
