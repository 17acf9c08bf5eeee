import NIOCore
import NIOPosix

/// Connections that somebody opens and holds without asking for anything.
package actor HeldConnections {
    private let port: Int
    private var channels: [any Channel] = []

    package init(to port: Int) {
        self.port = port
    }

    /// Opens more of them, whether or not the other side takes them from the kernel.
    ///
    /// - Parameter greeting: what each sends, and whose answer it leaves unread.
    package func open(_ count: Int, greeting: String? = nil) async throws {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        for _ in 0..<count {
            let channel = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
            if let greeting { try await channel.writeAndFlush(ByteBuffer(string: greeting)) }
            channels.append(channel)
        }
    }

    /// Those that the other side has not closed.
    package var openCount: Int { channels.count { $0.isActive } }

    package func close() async {
        for channel in channels { channel.close(promise: nil) }
        channels = []
    }
}
