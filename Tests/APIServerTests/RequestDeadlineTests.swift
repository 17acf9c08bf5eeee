import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Platform

@Suite("Requests have to arrive in time")
struct RequestDeadlineTests {
    private static var patience: RequestPatience {
        var patience = RequestPatience()
        patience.base = .milliseconds(500)
        patience.remainder = .milliseconds(200)
        return patience
    }

    /// Runs the body against a server that gives small requests half a second to arrive.
    private func serve(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        let router = Router()
        router.get("/quick") { _, _ in "quick" }
        router.get("/slow") { _, _ in
            try await Task.sleep(for: .milliseconds(1_200))
            return "slow"
        }
        router.post("/refused") { _, _ in Response(status: .badRequest) }
        router.post("/echo") { request, _ in
            "\(try await request.body.collect(upTo: 1 << 20).readableBytes)"
        }
        var patience = HTTPServing.Patience()
        patience.request = Self.patience
        let application = Application(
            router: router, server: HTTPServing.server(patience),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)), logger: Logger(label: "test"))
        try await application.test(.live) { client in try await body(try #require(client.port)) }
    }

    /// Sends pieces with pauses; answers what came back until the end of the connection or of the patience.
    private func talk(
        _ port: Int, _ pieces: [String], pause: Duration, patience: Duration = .seconds(60)
    ) async throws -> (answer: String, isClosed: Bool) {
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await connection.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: (String, Bool)?.self) { group in
                group.addTask {
                    var answer = ""
                    do {
                        for try await piece in inbound { answer += String(buffer: piece) }
                    } catch {
                        // A reset is an end, too.
                    }
                    return (answer, true)
                }
                group.addTask {
                    do {
                        for piece in pieces {
                            try await outbound.write(ByteBuffer(string: piece))
                            try await Task.sleep(for: pause)
                        }
                    } catch {
                        // The server has closed the connection, which the reader tells.
                    }
                    return nil
                }
                group.addTask {
                    try await Task.sleep(for: patience)
                    return ("", false)
                }
                defer { group.cancelAll() }
                while let next = try await group.next() {
                    if let next { return next }
                }
                return ("", false)
            }
        }
    }

    private func trickle(_ text: String) -> [String] { text.map { String($0) } }

    @Test("A head that comes byte by byte ends the connection")
    func slowHead() async throws {
        try await serve { port in
            let head = "GET /quick HTTP/1.1\r\nHost: test\r\nX-Filler: " + String(repeating: "a", count: 60)
            let (answer, isClosed) = try await talk(port, trickle(head), pause: .milliseconds(50))
            #expect(isClosed && answer.isEmpty)
        }
    }

    @Test("A body that comes byte by byte ends the connection")
    func slowBody() async throws {
        try await serve { port in
            let head = "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 80\r\n\r\n"
            let body = trickle(String(repeating: "a", count: 70))
            let (answer, isClosed) = try await talk(port, [head] + body, pause: .milliseconds(50))
            #expect(isClosed && !answer.contains("200 OK"))
        }
    }

    @Test("A body that is not wanted any more is not waited for")
    func unwantedBody() async throws {
        try await serve { port in
            let head = "POST /refused HTTP/1.1\r\nHost: test\r\nContent-Length: 80\r\n\r\n"
            let (answer, isClosed) = try await talk(port, [head], pause: .seconds(4))
            #expect(isClosed && answer.contains("400 Bad Request"))
        }
    }

    @Test("A large body earns time by arriving")
    func largeBody() async throws {
        try await serve { port in
            let head = "POST /echo HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: \(8 << 17)\r\n\r\n"
            let pieces = Array(repeating: String(repeating: "a", count: 1 << 17), count: 8)
            let (answer, isClosed) = try await talk(port, [head] + pieces, pause: .milliseconds(150))
            #expect(isClosed && answer.contains("200 OK"))
        }
    }

    @Test("A second request on the same connection has a limit of its own")
    func slowSecond() async throws {
        try await serve { port in
            let quick = "GET /quick HTTP/1.1\r\nHost: test\r\n\r\n"
            let (answer, isClosed) = try await talk(
                port, [quick] + trickle(String(quick.dropLast())), pause: .milliseconds(50))
            #expect(isClosed)
            #expect(answer.components(separatedBy: "200 OK").count == 2)
        }
    }

    @Test("Neither rest between requests nor our own slowness counts")
    func patience() async throws {
        try await serve { port in
            let quick = "GET /quick HTTP/1.1\r\nHost: test\r\n\r\n"
            let slow = "GET /slow HTTP/1.1\r\nHost: test\r\n\r\n"
            let last = "GET /quick HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
            let (answer, isClosed) = try await talk(
                port, [quick, slow + quick, last], pause: .milliseconds(800))
            #expect(isClosed)
            #expect(answer.components(separatedBy: "200 OK").count == 5)
        }
    }
}
