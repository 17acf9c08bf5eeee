import Redis

/// How full a queue is.
package struct QueueDepth: Sendable, Equatable {
    package let queue: QueueName
    package let ready: Int
    package let active: Int
    package let isPaused: Bool
}

/// What operators see of a queue in Redis and may do to it.
struct QueueControl: Sendable {
    let redis: RedisClient

    func pause(_ queue: QueueName) async throws(RedisError) {
        _ = try await redis.send(RedisCommand("SET", QueueKeys(queue).paused, "1"))
    }

    func resume(_ queue: QueueName) async throws(RedisError) {
        _ = try await redis.send(RedisCommand("DEL", QueueKeys(queue).paused))
    }

    func depth(_ queue: QueueName) async throws(RedisError) -> QueueDepth {
        let keys = QueueKeys(queue)
        let replies = try await redis.pipeline([
            RedisCommand("LLEN", keys.ready), RedisCommand("HLEN", keys.envelopes), RedisCommand("EXISTS", keys.paused),
        ])
        let numbers = try replies.map { reply throws(RedisError) in try reply.get().count }
        return QueueDepth(
            queue: queue, ready: numbers[0], active: max(0, numbers[1] - numbers[0]), isPaused: numbers[2] == 1)
    }
}

extension RedisValue {
    /// A number of things, whatever stands there: sums of such numbers can't overflow.
    var count: Int { min(max(int ?? 0, 0), Int(Int32.max)) }
}
