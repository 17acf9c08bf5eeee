import AsyncHTTPClient
import CommerceTestSupport
import Core
import Foundation
import Logging
import Outbound
import SandboxRuntime
import ServiceLifecycle
import Testing

@testable import Payments

/// Stripe's stand-in in this process, reached over HTTP like Stripe itself.
struct SandboxStripe: Sendable {
    static let key = "sk_test_haat"
    /// The sandbox stands still at the moment where the tests' clocks begin.
    static let start = 1_800_000_000

    let gateway: StripeGateway
    let http: HTTPClient
    let base: String

    static func open<R: Sendable>(_ body: @Sendable (SandboxStripe) async throws -> R) async throws -> R {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var settings = SandboxSettings()
        settings.port = 0
        settings.smtpPort = 0
        settings.stripeSecretKey = key
        settings.stripeWebhookURL = "http://127.0.0.1:1/webhooks/stripe"
        let (addresses, continuation) = AsyncStream.makeStream(of: SandboxAddresses.self)
        let sandbox = Sandbox(settings: settings, logger: logger) { continuation.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [sandbox], logger: logger))
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: HTTPTransport.clientConfiguration)
        async let running: Void = group.run()
        var listening = addresses.makeAsyncIterator()
        let stripe = SandboxStripe(http: http, base: try #require(await listening.next()).base, logger: logger)
        let result = await Result { @Sendable in
            try await stripe.control("clock", #"{"freeze":\#(start)}"#)
            return try await body(stripe)
        }
        try await http.shutdown()
        await group.triggerGracefulShutdown()
        try await running
        return try result.get()
    }

    private init(http: HTTPClient, base: String, logger: Logger) {
        self.http = http
        self.base = base
        gateway = StripeGateway(
            baseURL: base + "/stripe", secretKey: Secret(Self.key), transport: HTTPTransport(client: http),
            timing: OutboundTiming(
                elapsed: OutboundTiming.system.elapsed, now: { Date() }, sleep: { _ in }, random: { 0 }),
            logger: logger)
    }

    /// The same gateway, keeping its calls on record.
    func gateway(recordingIn till: Till) -> StripeGateway {
        StripeGateway(
            baseURL: base + "/stripe", secretKey: Secret(Self.key), transport: HTTPTransport(client: http),
            timing: .system,
            calls: GatewayCallLog(
                postgres: till.client, ids: till.market.ids, clock: till.market.clock, logger: silent),
            logger: silent)
    }

    @discardableResult
    func post(_ path: String, _ body: String, type: String) async throws -> (status: Int, body: String) {
        let response = try await HTTPTransport(client: http).send(
            method: "POST", url: base + path,
            headers: [OutboundHeader("Content-Type", type), OutboundHeader("Authorization", "Bearer \(Self.key)")],
            body: Array(body.utf8), timeout: .seconds(10))
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }

    func control(_ command: String, _ json: String) async throws {
        let (status, body) = try await post("/_control/stripe/\(command)", json, type: "application/json")
        #expect(status == 200, "\(command): \(body)")
    }

    /// Disturbs the next requests of a kind.
    func disturb(_ request: String, _ fault: String, times: Int = 1) async throws {
        try await control("next", #"{"request":"\#(request)","fault":"\#(fault)","times":\#(times)}"#)
    }

    /// Presses a button on the session's page.
    func press(_ button: String, on session: String, _ form: String = "") async throws {
        let (status, body) = try await post(
            "/stripe/checkout/\(session)/\(button)", form, type: "application/x-www-form-urlencoded")
        #expect(status == 303, "\(body)")
    }
}

extension Result where Success: Sendable, Failure == any Error {
    fileprivate init(_ body: @Sendable () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
