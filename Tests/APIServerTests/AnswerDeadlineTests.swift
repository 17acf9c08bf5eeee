import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import Platform

@Suite("Answers have to be taken")
struct AnswerDeadlineTests {
    private static let answerBytes = 8 << 20

    /// Counts the answers that were made.
    private final class Tally: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func increment() { count.withLock { $0 += 1 } }
    }

    /// A server whose clients have to take 64 KiB in half a second, or in `limit`.
    private func serve(
        limit: TimeAmount = .milliseconds(500), unread: Int = 1 << 30,
        _ body: @escaping @Sendable (Int, Tally) async throws -> Void
    ) async throws {
        let tally = Tally()
        let router = Router()
        router.get("/large") { _, _ in
            tally.increment()
            return ByteBuffer(repeating: UInt8(ascii: "x"), count: Self.answerBytes)
        }
        router.get("/page") { _, _ in
            tally.increment()
            return ByteBuffer(repeating: UInt8(ascii: "x"), count: 100 << 10)
        }
        router.get("/number/:number") { _, context in "\n\(context.parameters.get("number") ?? "")\n" }
        router.post("/echo") { request, _ in "\n\(String(buffer: try await request.body.collect(upTo: 10)))\n" }
        var patience = HTTPServing.Patience()
        patience.answer = limit
        patience.answerBytes = 64 << 10
        patience.unreadBytes = unread
        let application = Application(
            router: router, server: HTTPServing.server(patience),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)), logger: Logger(label: "test"))
        try await application.test(.live) { client in try await body(try #require(client.port), tally) }
    }

    private func request(_ path: String, last: Bool = true) -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\n\(last ? "Connection: close\r\n" : "")\r\n"
    }

    @Test("A client that reads nothing is cut off")
    func silent() async throws {
        try await serve { port, _ in
            let client = try PlainClient(port: port, receiveBuffer: 4096)
            try client.send(request("/large"))
            try await Task.sleep(for: .seconds(4))
            #expect(await client.read(patience: .seconds(5)).utf8.count < Self.answerBytes)
            #expect(client.isClosed)
        }
    }

    @Test("A client that reads slowly gets the whole answer")
    func slow() async throws {
        try await serve(limit: .seconds(2)) { port, _ in
            let client = try PlainClient(port: port, receiveBuffer: 64 << 10)
            try client.send(request("/large"))
            let answer = await client.read(patience: .seconds(60), piece: 128 << 10, pause: .milliseconds(100))
            #expect(answer.utf8.count > Self.answerBytes)
        }
    }

    @Test("Requests whose answers nobody reads are not answered ahead")
    func pipelined() async throws {
        try await serve(limit: .seconds(60)) { port, tally in
            let client = try PlainClient(port: port, receiveBuffer: 4096)
            client.sendWithoutWaiting(String(repeating: request("/page", last: false), count: 5_000))
            try await Task.sleep(for: .seconds(2))
            #expect(tally.value >= 1)
            // What the kernel takes, what makes the connection unwritable, and one more.
            #expect(tally.value <= 10)
        }
    }

    @Test("Requests that are sent ahead are answered in their order, to the last before the client closes its side")
    func inOrder() async throws {
        try await serve(limit: .seconds(60)) { port, tally in
            let client = try PlainClient(port: port)
            let requests = (0..<2_000).map { "GET /number/\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
            let posts = (2_000..<2_100).map { "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n\($0)" }
                .joined()
            try client.send(requests + posts)
            client.closeSending()
            let answer = await client.read(patience: .seconds(30))
            let numbers = answer.split(separator: "\n").compactMap { Int($0.prefix { $0.isNumber }) }
            #expect(numbers == Array(0..<2_100))
            #expect(client.isClosed)
        }
    }

    @Test("What is no request is told so after the answers that are owed")
    func garbage() async throws {
        try await serve(limit: .seconds(60)) { port, _ in
            let client = try PlainClient(port: port)
            try client.send(request("/page", last: false) + "NONSENSE\r\n\r\n")
            let answer = await client.read(patience: .seconds(10))
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.contains("HTTP/1.1 501 "))
            #expect(answer.utf8.count > 100 << 10)
        }
    }

    @Test("All answers together have a limit, beyond which the oldest wait in vain")
    func together() async throws {
        try await serve(limit: .seconds(60), unread: 20 << 20) { port, _ in
            var clients: [PlainClient] = []
            for _ in 0..<3 {
                let client = try PlainClient(port: port, receiveBuffer: 64 << 10)
                try client.send(request("/large"))
                clients.append(client)
                await client.waitForAnswer()
            }
            let answers = [
                await clients[2].read(patience: .seconds(60)), await clients[0].read(patience: .seconds(60)),
            ]
            #expect(answers[0].utf8.count > Self.answerBytes)
            #expect(answers[1].utf8.count < Self.answerBytes)
        }
    }

    @Test("Progress counts from look to look")
    func progress() {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        var progress = AnswerProgress(limit: .seconds(30), minimumBytes: 1_000)
        progress.wrote(10_000)
        #expect(progress.verdict(waiting: 0, at: start) == .rest)
        progress.wrote(10_000)
        #expect(progress.verdict(waiting: 9_000, at: start) == .lookAgain(at: start + .seconds(1)))
        #expect(
            progress.verdict(waiting: 9_000, at: start + .seconds(29)) == .lookAgain(at: start + .seconds(30)))
        #expect(
            progress.verdict(waiting: 8_000, at: start + .seconds(30)) == .lookAgain(at: start + .seconds(31)))
        #expect(progress.verdict(waiting: 7_001, at: start + .seconds(60)) == .tooSlow)
        progress.wrote(5_000)
        #expect(
            progress.verdict(waiting: 11_000, at: start + .seconds(60)) == .lookAgain(at: start + .seconds(61)))
    }
}
