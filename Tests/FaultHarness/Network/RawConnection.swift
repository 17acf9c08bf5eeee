import NIOCore
import NIOPosix

/// Speaks to a TCP server byte by byte, for requests that no proper client would send.
package enum RawConnection {
    /// Sends the bytes and answers what comes back until the server closes or the time is over.
    ///
    /// - Parameter closesEarly: ends our side after the bytes, in the middle of whatever was announced.
    package static func exchange(
        _ bytes: [UInt8], port: Int, closesEarly: Bool = false, within limit: Duration = .seconds(5)
    ) async throws -> [UInt8] {
        let group = MultiThreadedEventLoopGroup.singleton
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        let deadline = channel.channel.eventLoop.scheduleTask(in: TimeAmount(limit)) {
            channel.channel.close(promise: nil)
        }
        defer { deadline.cancel() }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            if closesEarly { outbound.finish() }
            var received: [UInt8] = []
            do {
                for try await buffer in inbound { received += Array(buffer: buffer) }
            } catch is ChannelError {
                return received
            }
            return received
        }
    }
}
