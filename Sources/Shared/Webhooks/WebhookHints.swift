import Redis

/// What Redis remembers of events: `p` while one is on its way, `d` once it is durable. Only `d` may shorten an answer.
struct WebhookHints: Sendable {
    private static let inFlightMilliseconds = "30000"
    private static let durableMilliseconds = String(72 * 3600 * 1000)
    /// A slow Redis must not slow the answer.
    private static let budget: Duration = .milliseconds(50)

    let redis: RedisClient

    /// For each event whether it is known to be durable. Where Redis can't tell in time, nothing is known.
    func areDurable(_ arrivals: [ArrivedEvent]) async -> [Bool] {
        let commands = arrivals.map {
            RedisCommand("SET", $0.hintKey, "p", "NX", "GET", "PX", Self.inFlightMilliseconds)
        }
        do {
            return try await redis.pipeline(commands, timeout: Self.budget).map { reply in
                if case .success(let value) = reply { value.text == "d" } else { false }
            }
        } catch {
            return arrivals.map { _ in false }
        }
    }

    /// - Parameter keys: the events' hint keys.
    func markDurable(_ keys: [String]) async throws(RedisError) {
        _ = try await redis.pipeline(keys.map { RedisCommand("SET", $0, "d", "PX", Self.durableMilliseconds) })
    }
}
