import FaultHarness
import Foundation
import Testing

/// Clients that open connections until the process can have no more.
@Suite("Descriptors that are used up", .serialized, .timeLimit(.minutes(10)))
struct DescriptorTests {
    private static let request = "GET /api/v1/products HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test("More clients than there are places for: those who rest longest go, everybody who asks is answered")
    func places() async throws {
        try await Stage.shared.withMarketplace("places", descriptors: 200) { marketplace in
            let held = HeldConnections(to: marketplace.apiPort)
            try await held.open(60)
            try await held.open(240, greeting: Self.request)
            try await expectService(of: marketplace)
            let pid = try #require(await marketplace.api.pid)
            #expect(try ProcessTable.descriptors(of: pid) < 150)
            #expect(await held.openCount < 60)
            let metrics = try await marketplace.metrics(at: marketplace.apiManagementPort)
            #expect(value("haat_http_connections_shed_total{listener=\"api\"}", in: metrics) >= 240)
            #expect(value("haat_http_connections{listener=\"api\"}", in: metrics) <= 40)
            await held.close()
            let lines = try log(of: marketplace).count { $0.contains("Connections are used up") }
            #expect((1...12).contains(lines), "\(lines) lines")
        }
    }

    @Test("Where descriptors are used up all the same, the process waits instead of spinning, says so and comes back")
    func exhaustion() async throws {
        try await Stage.shared.withMarketplace("exhausted") { marketplace in
            let pid = try #require(await marketplace.api.pid)
            // With everything that it opens by itself.
            try await expectService(of: marketplace)
            let held = HeldConnections(to: marketplace.apiPort)
            try await held.open(20)
            try ProcessTable.limitDescriptors(of: pid, to: try ProcessTable.descriptors(of: pid))
            try await held.open(60)
            let before = try #require(ProcessTable.processorTime(of: pid))
            try await Task.sleep(for: .seconds(5))
            let spent = try #require(ProcessTable.processorTime(of: pid)) - before
            #expect(spent < .seconds(2.5), "\(spent) on a processor in 5 s")
            try await expectService(of: marketplace)
            #expect(try log(of: marketplace).contains { $0.contains("Connections are used up") })
            await held.close()
            try await expectService(of: marketplace)
        }
    }

    /// Requests and those who watch are answered, if not at once.
    private func expectService(of marketplace: Marketplace) async throws {
        for (path, port) in [
            ("/api/v1/products", marketplace.apiPort), ("/health/ready", marketplace.apiManagementPort),
            ("/health/live", marketplace.apiManagementPort),
        ] {
            let isAnswered = await eventually(within: .seconds(30), every: .milliseconds(200)) {
                do {
                    return try await marketplace.status("GET", path, at: port) == 200
                } catch {
                    // Not accepted yet.
                    return false
                }
            }
            #expect(isAnswered, "\(path)")
        }
    }

    private func value(_ series: String, in metrics: String) -> Double {
        let line = metrics.split(separator: "\n").first { $0.hasPrefix(series + " ") }
        return line.flatMap { Double($0.dropFirst(series.count + 1)) } ?? 0
    }

    private func log(of marketplace: Marketplace) throws -> [Substring] {
        try String(contentsOf: marketplace.api.log, encoding: .utf8).split(separator: "\n")
    }
}
