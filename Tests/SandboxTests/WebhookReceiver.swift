import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

@testable import SandboxRuntime

/// A receiver of webhooks that remembers what it got and answers as it is told.
final class WebhookReceiver: Sendable {
    struct Received: Sendable {
        let body: [UInt8]
        let signature: String
        let contentType: String
        /// By their names in lower case.
        let headers: [String: String]
        let answered: Int

        var json: JSON { (try? JSONParser.parse(body)) ?? .null }
        var id: String { json["id"]?.stringValue ?? "" }
        var type: String { json["type"]?.stringValue ?? "" }
    }

    let port: Int
    private let received: Mutex<[Received]>
    private let answer: @Sendable (_ number: Int) -> Int

    fileprivate init(port: Int, answer: @escaping @Sendable (Int) -> Int) {
        self.port = port
        self.answer = answer
        received = Mutex([])
    }

    var all: [Received] { received.withLock { $0 } }
    var types: [String] { all.map(\.type) }

    /// Waits up to a minute for that many.
    func wait(for count: Int) async throws -> [Received] {
        for _ in 0..<3000 where all.count < count { try await Task.sleep(for: .milliseconds(20)) }
        return all
    }

    fileprivate func take(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        let bytes = Array(body.readableBytesView)
        let status = received.withLock { received in
            let status = answer(received.count)
            received.append(
                Received(
                    body: bytes, signature: request.header("Stripe-Signature") ?? "",
                    contentType: request.header("Content-Type") ?? "",
                    headers: Dictionary(
                        request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { $1 }),
                    answered: status))
            return status
        }
        return Response(status: .init(code: status))
    }
}

/// Runs a receiver around `body`; `answer` gives the status for the push of that number, from 0.
func withReceiver(
    answering answer: @escaping @Sendable (Int) -> Int = { _ in 200 },
    _ body: @Sendable (WebhookReceiver) async throws -> Void
) async throws {
    let (ports, opened) = AsyncStream.makeStream(of: Int.self)
    let shared = Holder()
    let router = Router()
    router.post("/webhooks") { request, _ -> Response in
        guard let receiver = shared.receiver.withLock({ $0 }) else { return Response(status: .serviceUnavailable) }
        return try await receiver.take(request)
    }
    var logger = Logger(label: "receiver")
    logger.logLevel = .error
    let application = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in
            opened.yield(channel.localAddress?.port ?? 0)
            opened.finish()
        }, logger: logger)
    let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
            defer { opened.finish() }
            try await group.run()
        }
        for await port in ports {
            let receiver = WebhookReceiver(port: port, answer: answer)
            shared.receiver.withLock { $0 = receiver }
            do {
                try await body(receiver)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            break
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

private final class Holder: Sendable {
    let receiver = Mutex<WebhookReceiver?>(nil)
}

/// HMAC-SHA256 by the openssl command, in hexadecimal.
func opensslHMAC(_ bytes: [UInt8], key: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", "key:\(key)"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    input.fileHandleForWriting.write(Data(bytes))
    try input.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: " ").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
}
