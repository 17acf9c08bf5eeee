import NIOCore
import NIOPosix
import ServiceLifecycle

/// Listens for SMTP until graceful shutdown.
struct SMTPServer: Service {
    let host: String
    let port: Int
    let desk: MailDesk
    let whenListening: @Sendable (_ port: Int) -> Void

    func run() async throws {
        let desk = desk
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SMTPHandler(desk: desk))
                }
            }
        let channel: any Channel
        do {
            channel = try await bootstrap.bind(host: host, port: port).get()
        } catch {
            throw ListenError(what: "SMTP", host: host, port: port, reason: "\(error)")
        }
        whenListening(channel.localAddress?.port ?? port)
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await channel.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
        }
    }
}

/// Why a port can't be opened.
package struct ListenError: Error, CustomStringConvertible {
    let what: String
    let host: String
    let port: Int
    let reason: String

    package var description: String { "\(what) can't listen on \(host):\(port): \(reason)" }
}
