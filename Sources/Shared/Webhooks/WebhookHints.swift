import Redis

/// One uninterrupted life of one database's table of seen events: what was committed in it is in it still. A server that
/// restarts, fails over or is restored begins another one, and so does a table that was emptied or loaded anew.
///
/// Compared as bytes, because one side comes from Redis, where anybody may have put it.
struct DatabaseHistory: Hashable, Sendable {
    let bytes: [UInt8]

    /// SQL that tells the history of whoever answers. The server's start tells servers and their lives apart, the file that
    /// holds the table tells databases and restored tables apart.
    static let query = """
        extract(epoch FROM pg_postmaster_start_time())::text || ' ' || pg_relation_filepath('webhook_seen')
        """
}

/// What Redis remembers of events: in which history one became durable. Nothing is noted of one on its way, which goes to
/// the unique index anyhow: that would be a second write for each event.
struct WebhookHints: Sendable {
    private static let durableMilliseconds = String(72 * 3600 * 1000)
    /// A slow Redis must not slow the answer.
    private static let budget: Duration = .milliseconds(50)

    let redis: RedisClient

    /// For each event the history in which it is said to be durable. Where Redis can't tell in time, nothing is said.
    func histories(of arrivals: [ArrivedEvent]) async -> [DatabaseHistory?] {
        let nothing = arrivals.map { _ in DatabaseHistory?.none }
        do {
            let command = RedisCommand("MGET", arguments: arrivals.map(\.hintKey))
            let values = try await redis.send(command, timeout: Self.budget).elements ?? []
            return values.count == arrivals.count ? values.map { $0.bytes.map(DatabaseHistory.init) } : nothing
        } catch {
            return nothing
        }
    }

    /// - Parameter keys: the events' hint keys.
    func markDurable(_ keys: [String], in history: DatabaseHistory) async throws(RedisError) {
        _ = try await redis.pipeline(
            keys.map { RedisCommand("SET", $0, history.bytes, "PX", Self.durableMilliseconds) })
    }
}
