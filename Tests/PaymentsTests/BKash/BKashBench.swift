import CommerceTestSupport
import Core
import Foundation
import Jobs
import Outbound
import Synchronization
import Testing

@testable import Payments

/// A marketplace that is paid through bKash, and bKash's stand-in.
struct BKashBench: Sendable {
    let bench: ConformanceBench
    let stage: BKashStage

    var till: Till { bench.till }

    static func open<R: Sendable>(_ body: @Sendable (BKashBench) async throws -> R) async throws -> R {
        try await BKashStage.play { stage in
            try await Till.open { till in
                try await body(BKashBench(bench: try ConformanceBench(till: till, stage: stage), stage: stage))
            }
        }
    }

    /// The gateway as another process has it.
    func process(
        at time: BKashTime? = nil, over transport: (any OutboundTransport)? = nil
    ) throws -> BKashGateway {
        let settings = try ConformanceBench.read(stage.settings, of: BKashProvider.self)
        let timing = OutboundTiming(
            elapsed: OutboundTiming.system.elapsed, now: { [clock = till.market.clock] in time?.now ?? clock.now },
            sleep: { _ in await Task.yield() }, random: { 0 })
        let registry = settings.registry(
            transport: transport ?? stage.transport, timing: timing, calls: nil, memory: till.memory, logger: silent)
        return try #require(registry.all.first as? BKashGateway)
    }

    func control(_ command: String, _ json: String = "{}") async throws {
        try await stage.server.control("bkash", command, json)
    }

    /// How often an address that ends so was asked.
    func count(_ path: String) async throws -> Int {
        let requests = try JSONValue(parsing: try await stage.server.send("GET", "/_control/bkash/requests").body)
        let recent = try #require(requests["recent"]?.arrayValue)
        return recent.count { $0["path"]?.textValue?.string.hasSuffix(path) == true }
    }

    func payment(_ payment: Payment) async throws -> Payment { try await till.payment(payment.id) }

    /// A refund that was created and not asked for yet.
    func refund(_ payment: Payment, _ units: Int64) async throws -> Refund {
        let wish = NewRefund(paymentID: payment.id, amount: Money(minorUnits: units, currency: .bdt), reason: "test")
        return try await till.market.queue.withUnitOfWork {
            try await CreateRefund(gateways: bench.gateways, book: till.book)(wish, by: .system, in: $0)
        }
    }
}

/// The gateways' time and bKash's, moved together.
final class BKashTime: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: TimeInterval(SandboxServer.start)))
    private let bench: BKashBench

    init(_ bench: BKashBench) { self.bench = bench }

    var now: Date { time.withLock { $0 } }

    func pass(minutes: Double) async throws {
        let now = time.withLock { time in
            time += minutes * 60
            return time
        }
        try await bench.control("clock", #"{"freeze":\#(Int(now.timeIntervalSince1970))}"#)
    }
}

/// Gives up on answers sooner than the product does.
struct HastyTransport: OutboundTransport {
    let inner: any OutboundTransport
    let patience: Duration

    func send(
        method: String, url: String, headers: [OutboundHeader], body: [UInt8], timeout: Duration
    ) async throws(TransportFailure) -> OutboundResponse {
        try await inner.send(method: method, url: url, headers: headers, body: body, timeout: min(timeout, patience))
    }
}
