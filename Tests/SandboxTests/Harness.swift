import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

@testable import SandboxRuntime

/// A sandbox on ports of its own, and a client for it.
struct Harness: Sendable {
    let addresses: SandboxAddresses
    let client: HTTPClient
    /// Is told of every answer.
    var witness: (@Sendable (_ request: String, Reply) -> Void)?

    struct Reply: Sendable {
        let status: Int
        let headers: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSON { (try? JSONParser.parse(body)) ?? .null }
    }

    enum Method: String {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
    }

    func send(
        _ method: Method, _ path: String, headers: [String: String] = [:], body: String? = nil
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: addresses.base + path)
        request.method = HTTPMethod(rawValue: method.rawValue)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await client.execute(request, timeout: .seconds(30))
        var fields: [String: String] = [:]
        for field in response.headers { fields[field.name.lowercased()] = field.value }
        let bytes = try await response.body.collect(upTo: 64 << 20)
        let reply = Reply(status: Int(response.status.code), headers: fields, body: Array(bytes.readableBytesView))
        witness?("\(method.rawValue) \(path)", reply)
        return reply
    }

    func get(_ path: String) async throws -> Reply { try await send(.get, path) }

    /// A form as a browser posts it.
    func form(_ path: String, _ fields: [String: String] = [:]) async throws -> Reply {
        try await send(
            .post, path, headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Self.encode(fields))
    }

    @discardableResult
    func control(_ path: String, _ json: String = "{}") async throws -> Reply {
        try await send(.post, "/_control/\(path)", headers: ["Content-Type": "application/json"], body: json)
    }

    func stripe(
        _ method: Method, _ path: String, _ fields: [String: String] = [:], key: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Reply {
        var headers = headers
        headers["Authorization"] = headers["Authorization"] ?? "Bearer sk_test_key"
        if let key { headers["Idempotency-Key"] = key }
        let form = Self.encode(fields)
        guard method == .post else {
            return try await send(method, "/stripe/v1/\(path)\(form.isEmpty ? "" : "?\(form)")", headers: headers)
        }
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return try await send(method, "/stripe/v1/\(path)", headers: headers, body: form)
    }

    static func encode(_ fields: [String: String]) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        func escape(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: allowed) ?? "" }
        return fields.sorted { $0.key < $1.key }.map { "\(escape($0.key))=\(escape($0.value))" }.joined(separator: "&")
    }

    /// A Checkout Session over 20.00 USD, changed by `more`.
    func createSession(_ more: [String: String] = [:], key: String? = nil) async throws -> JSON {
        let fields = Self.sessionFields.merging(more) { $1 }
        return try await stripe(.post, "checkout/sessions", fields, key: key).json
    }

    static let sessionFields = [
        "mode": "payment", "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": "1000",
        "line_items[0][price_data][product_data][name]": "Licence", "line_items[0][quantity]": "2",
        "success_url": "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/cart",
    ]

    func createIntent(_ more: [String: String] = [:], key: String? = nil) async throws -> Reply {
        let fields = ["amount": "2000", "currency": "usd"].merging(more) { $1 }
        return try await stripe(.post, "payment_intents", fields, key: key)
    }

    /// A payment intent that is paid.
    func payIntent(_ more: [String: String] = [:]) async throws -> JSON {
        try await createIntent(["payment_method": "pm_card_visa", "confirm": "true"].merging(more) { $1 }).json
    }

    /// Looks again until the condition holds, for up to a minute.
    func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<3000 {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}

/// Runs a sandbox around `body`; its pushes go to `receiver`, where there is one.
func withSandbox(
    receiver: WebhookReceiver? = nil, _ configure: (inout SandboxSettings) -> Void = { _ in },
    _ body: @Sendable (Harness) async throws -> Void
) async throws {
    var settings = SandboxSettings()
    settings.port = 0
    settings.smtpPort = 0
    settings.seed = 1
    // Port 9 (discard) refuses connections.
    settings.stripeWebhookURL = receiver.map { "http://127.0.0.1:\($0.port)/webhooks" } ?? "http://127.0.0.1:9/"
    settings.stripeWebhookSecrets = ["whsec_test"]
    settings.razorpay.webhookURL = settings.stripeWebhookURL
    settings.sslcommerz.ipnURL = settings.stripeWebhookURL
    settings.bkash.notificationURL = settings.stripeWebhookURL
    settings.aamarpay.ipnURL = settings.stripeWebhookURL
    settings.paystation.ipnURL = settings.stripeWebhookURL
    configure(&settings)
    var logger = Logger(label: "test")
    logger.logLevel = .error
    let (addresses, opened) = AsyncStream.makeStream(of: SandboxAddresses.self)
    let sandbox = Sandbox(settings: settings, logger: logger) {
        opened.yield($0)
        opened.finish()
    }
    let group = ServiceGroup(configuration: .init(services: [sandbox], logger: logger))
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    let client = HTTPClient(configuration: configuration)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
            defer { opened.finish() }
            try await group.run()
        }
        for await address in addresses {
            do {
                try await body(Harness(addresses: address, client: client))
            } catch {
                await group.triggerGracefulShutdown()
                try await client.shutdown()
                throw error
            }
            break
        }
        await group.triggerGracefulShutdown()
        try await client.shutdown()
        try await tasks.waitForAll()
    }
}
