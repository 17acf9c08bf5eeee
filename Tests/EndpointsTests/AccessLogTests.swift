import Core
import Endpoints
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import Synchronization
import Telemetry
import Testing

@Suite("Access log")
struct AccessLogTests {
    @Test("Every request leaves one line with its route, status, duration and ids, and no secrets")
    func line() async throws {
        let log = CapturedLog()
        var server = BazaarServer()
        server.logger = Logger(label: "test") { _ in log }
        try await server.live { client in
            var headers = asCustomer
            headers[.init("traceparent")!] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            headers[.init("X-Request-Id")!] = "request-0001"
            _ = try await client.get("/api/v1/orders/\(ID<Order>.example)", headers)
            _ = try await client.get("/nowhere")
        }
        let lines = log.lines.filter { $0.message == "request" }
        #expect(lines.count == 2)
        let line = try #require(lines.first?.metadata)
        #expect(line["route"] == "/api/v1/orders/{order_id}")
        #expect(line["status"] == "200")
        #expect(line["request_id"] == "request-0001")
        #expect(line["trace_id"] == "0af7651916cd43dd8448eb211c80319c")
        #expect(line["duration_ms"] != nil)
        #expect(lines.last?.metadata["status"] == "404")
        #expect(!log.lines.contains { "\($0)".contains(BazaarServer.orderToken) })
    }

    @Test("What goes wrong inside is logged with the request's id and told to nobody")
    func failure() async throws {
        let log = CapturedLog()
        var server = BazaarServer()
        server.logger = Logger(label: "test") { _ in log }
        await server.bazaar.stalls.fail(times: 1)
        try await server.live { client in
            let failed = try await client.post("/api/v1/orders", goodOrder)
            let line = try #require(log.lines.first { $0.level == .error })
            #expect(line.metadata["error"] == "secret internals")
            #expect(line.metadata["request_id"] == failed.header("X-Request-Id"))
        }
    }
}

/// Keeps what was logged.
struct CapturedLog: LogHandler {
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: [String: String]
    }

    private final class Storage: Sendable {
        let lines = Mutex<[Line]>([])
    }

    private let storage = Storage()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    var lines: [Line] { storage.lines.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { _, own in own }
        let line = Line(level: event.level, message: "\(event.message)", metadata: merged.mapValues { "\($0)" })
        storage.lines.withLock { $0.append(line) }
    }
}
