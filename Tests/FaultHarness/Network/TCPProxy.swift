import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// Stands between a process and its server and does to their connections what networks do.
package final class TCPProxy: Sendable {
    /// What happens to bytes on their way.
    package enum Behaviour: Sendable, Equatable {
        case pass
        /// Each piece is held back for so long, in both directions.
        case delay(Duration)
        /// Connections are accepted and stay open, and nothing gets through: a network that swallows packets.
        case blackHole
        /// Connections are closed as soon as they are made.
        case refuse
    }

    /// A cut at the moment when a statement passes, once.
    package struct StatementCut: Sendable, Equatable {
        package enum Moment: Sendable, Equatable {
            /// The server never sees the statement.
            case beforeServer
            /// The server has executed it and the client never hears.
            case afterServer
        }

        package let statement: String
        package let moment: Moment

        package init(statement: String, moment: Moment) {
            self.statement = statement
            self.moment = moment
        }
    }

    private struct State {
        var behaviour = Behaviour.pass
        var pendingCut: StatementCut?
        var cutsMade = 0
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: [any Channel]] = [:]
    }

    /// What the connections speak: only PostgreSQL's messages can be told apart.
    package enum Speech: Sendable {
        case postgres
        case bytes
    }

    let speech: Speech
    private let held: HeldPort
    private let target: Int
    private let state = Mutex(State())

    /// - Parameter target: the server's port on loopback.
    package init(to target: Int, speech: Speech) throws {
        self.speech = speech
        held = try HeldPort()
        self.target = target
    }

    package var port: Int { held.number }

    package func start() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in self.join(client) }
            .bind(host: "127.0.0.1", port: port).get()
        state.withLock { $0.listener = listener }
    }

    package func stop() async throws {
        let listener = state.withLock { $0.listener }
        cutAll()
        try await listener?.close()
    }

    /// How connections behave from now on. Turning to `.refuse` leaves existing ones alone: see `cutAll`.
    package func set(_ behaviour: Behaviour) {
        state.withLock { $0.behaviour = behaviour }
    }

    /// Cuts one connection when the statement passes next.
    package func cut(_ statement: String, _ moment: StatementCut.Moment) {
        state.withLock { $0.pendingCut = StatementCut(statement: statement, moment: moment) }
    }

    package func forgetCut() {
        state.withLock { $0.pendingCut = nil }
    }

    /// Cuts made at statements so far.
    package var cutsMade: Int { state.withLock { $0.cutsMade } }

    package var connectionCount: Int { state.withLock { $0.connections.count } }

    /// Closes every connection on both sides at once.
    package func cutAll() {
        let channels = state.withLock { state in
            defer { state.connections = [:] }
            return state.connections.values.flatMap { $0 }
        }
        for channel in channels { channel.close(promise: nil) }
    }

    var behaviour: Behaviour { state.withLock { $0.behaviour } }

    var pendingCut: StatementCut? { state.withLock { $0.pendingCut } }

    /// Whether the caller is the one that makes the pending cut.
    func claim(_ cut: StatementCut) -> Bool {
        state.withLock { state in
            guard state.pendingCut == cut else { return false }
            state.pendingCut = nil
            state.cutsMade += 1
            return true
        }
    }

    private func join(_ client: any Channel) -> EventLoopFuture<Void> {
        guard behaviour != .refuse else { return client.close() }
        let relay = ProxiedConnection(proxy: self)
        return ClientBootstrap(group: client.eventLoop)
            .connectTimeout(.seconds(2))
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: target)
            .flatMap { server in
                relay.bind(client: client, server: server)
                let identifier = ObjectIdentifier(relay)
                self.state.withLock { $0.connections[identifier] = [client, server] }
                for side in [client, server] {
                    side.closeFuture.whenComplete { _ in
                        self.state.withLock { _ = $0.connections.removeValue(forKey: identifier) }
                        client.close(promise: nil)
                        server.close(promise: nil)
                    }
                }
                return client.eventLoop.makeCompletedFuture {
                    try client.pipeline.syncOperations.addHandler(ProxyHandler(relay, from: .client))
                    try server.pipeline.syncOperations.addHandler(ProxyHandler(relay, from: .server))
                }
            }
            .flatMap { client.setOption(.autoRead, value: true) }
            .flatMap { relay.server?.setOption(.autoRead, value: true) ?? client.eventLoop.makeSucceededVoidFuture() }
            .flatMapError { _ in client.close() }
    }
}
