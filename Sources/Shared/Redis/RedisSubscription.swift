/// A published message.
package struct RedisMessage: Sendable, Hashable {
    /// The channel it was published to.
    package let channel: String
    /// What was published.
    package let payload: [UInt8]

    init?(_ value: RedisValue) {
        guard case .array(let parts) = value, parts.count == 3, case .string(Self.marker) = parts[0],
            let channel = parts[1].text, case .string(let payload) = parts[2]
        else { return nil }
        self.channel = channel
        self.payload = payload
    }

    private static let marker = Array("message".utf8)
}

extension RedisClient {
    /// Subscribes to channels on a connection of its own for the length of `body`.
    ///
    /// The stream ends when the connection does; what is published until the caller subscribes again is lost, and a
    /// consumer more than 4096 messages behind loses the oldest. Publish/subscribe may wake somebody up; it must never
    /// carry the only copy of anything.
    ///
    /// - Throws: ``RedisError/unavailable(_:)`` when there is no connection, else what `body` throws.
    package func withSubscription<Value>(
        to channels: [String], isolation: isolated (any Actor)? = #isolation,
        _ body: (AsyncStream<RedisMessage>) async throws -> Value
    ) async throws -> Value {
        let interval = configuration.subscriptionCheckInterval
        return try await withDedicatedConnection { connection in
            let (messages, continuation) = AsyncStream.makeStream(
                of: RedisMessage.self, bufferingPolicy: .bufferingNewest(4096))
            try await connection.subscribe(to: channels) {
                continuation.yield($0)
            } onClose: {
                continuation.finish()
            }
            async let _ = connection.checkSubscription(to: channels, every: interval)
            return try await body(messages)
        }
    }
}
