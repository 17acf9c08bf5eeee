import ArgumentParser
import AsyncHTTPClient
import Foundation

/// Drives whole payments through a running sandbox at a steady rate, takes the pushes that follow, and measures what
/// processor time and memory the sandbox's own process needed for it.
@main
struct SandboxBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bench-sandbox")

    @Option(help: "The sandbox, such as http://127.0.0.1:8090.") var sandbox: String
    @Option(help: "Its process id.") var pid: Int32
    @Option(help: "The port that its pushes go to; they are answered 200 here.") var sinkPort: Int
    @Option(help: "One of stripe, razorpay, bkash, sslcommerz, aamarpay, paystation.") var gateway: Gateway
    @Option(help: "Payments per second.") var rate = 500
    @Option(help: "Seconds of load.") var seconds = 10

    mutating func run() async throws {
        let customer = Customer(sandbox: sandbox, gateway: gateway, run: UUID().uuidString)
        let (rate, count, process) = (rate, rate * seconds, MeasuredProcess(pid: pid))
        let sink = PushSink()
        try await sink.serving(port: sinkPort) {
            var configuration = HTTPClient.Configuration()
            configuration.redirectConfiguration = .disallow
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
            try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                let http = FormClient(client: client)
                try await customer.prepare(http)
                let before = try process.reading()
                let clock = ContinuousClock()
                let started = clock.now
                try await Self.payments(count, perSecond: rate) { try await customer.pay(number: $0, http) }
                let load = (clock.now - started) / .seconds(1)
                try await sink.untilQuiet(atLeast: count * customer.gateway.pushesPerPayment)
                let after = try process.reading()
                try Report(
                    payments: count, paymentsPerSecond: Double(count) / load, pushes: sink.count,
                    cores: (after.processorSeconds - before.processorSeconds) / load,
                    bytesPerPayment: (after.residentBytes - before.residentBytes) / count
                ).write()
            }
        }
    }

    /// Begins one payment after the other on time, however long each takes.
    private static func payments(
        _ count: Int, perSecond rate: Int, _ pay: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let clock = ContinuousClock()
        let started = clock.now
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<count {
                try await clock.sleep(until: started + .seconds(1) * number / rate)
                group.addTask { try await pay(number) }
            }
        }
    }
}

private struct Report: Encodable {
    let payments: Int
    let paymentsPerSecond: Double
    let pushes: Int
    /// Processor seconds of the sandbox, late pushes included, per second of the load.
    let cores: Double
    /// What its resident memory has grown by.
    let bytesPerPayment: Int

    func write() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.keyEncodingStrategy = .convertToSnakeCase
        print(String(decoding: try encoder.encode(self), as: UTF8.self))
    }
}
