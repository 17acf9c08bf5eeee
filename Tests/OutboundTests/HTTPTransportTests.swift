import AsyncHTTPClient
import NIOCore
import NIOPosix
import Outbound
import Testing

@Suite("The HTTP transport")
struct HTTPTransportTests {
    @Test("A refused connection proves that nothing was sent")
    func refusedConnection() async throws {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: HTTPTransport.clientConfiguration)
        let failure = await Self.failure(of: client, port: 1)
        try await client.shutdown()
        guard case .notSent = failure else {
            Issue.record("got \(String(describing: failure))")
            return
        }
    }

    @Test("A server that takes the request and says nothing leaves it interrupted")
    func silence() async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { $0.eventLoop.makeSucceededVoidFuture() }
            .bind(host: "127.0.0.1", port: 0).get()
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: HTTPTransport.clientConfiguration)
        let failure = await Self.failure(of: client, port: try #require(server.localAddress?.port))
        try await client.shutdown()
        try await server.close().get()
        guard case .interrupted = failure else {
            Issue.record("got \(String(describing: failure))")
            return
        }
    }

    private static func failure(of client: HTTPClient, port: Int) async -> TransportFailure? {
        do {
            _ = try await HTTPTransport(client: client).send(
                method: "POST", url: "http://127.0.0.1:\(port)/x", headers: [], body: [1], timeout: .milliseconds(300))
            return nil
        } catch {
            return error
        }
    }
}
