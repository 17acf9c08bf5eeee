import AsyncHTTPClient
import CommerceTestSupport
import Core
import Foundation
import Outbound
import SandboxRuntime
import Testing

@testable import Payments

/// Stripe's stand-in in this process, reached over HTTP like Stripe itself.
struct SandboxStripe: Sendable {
    static let key = "sk_test_haat"
    static let start = SandboxServer.start

    let gateway: StripeGateway
    let server: SandboxServer

    var http: HTTPClient { server.http }
    var base: String { server.base }

    static func open<R: Sendable>(_ body: @Sendable (SandboxStripe) async throws -> R) async throws -> R {
        try await SandboxServer.open(
            "stripe",
            { settings in
                settings.stripeSecretKey = key
                settings.stripeWebhookURL = "http://127.0.0.1:1/webhooks/stripe"
            },
            { try await body(SandboxStripe(server: $0)) })
    }

    private init(server: SandboxServer) {
        self.server = server
        gateway = StripeGateway(
            baseURL: server.base + "/stripe", secretKey: Secret(Self.key),
            transport: HTTPTransport(client: server.http),
            timing: OutboundTiming(
                elapsed: OutboundTiming.system.elapsed, now: { Date() }, sleep: { _ in }, random: { 0 }),
            logger: silent)
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
        let response = try await server.send(
            "POST", path, body, type: type, headers: [OutboundHeader("Authorization", "Bearer \(Self.key)")])
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }

    func control(_ command: String, _ json: String) async throws {
        try await server.control("stripe", command, json)
    }

    /// Disturbs the next requests of a kind.
    func disturb(_ request: String, _ fault: String, times: Int = 1) async throws {
        try await server.disturb("stripe", request, fault, times: times)
    }

    /// Presses a button on the session's page.
    func press(_ button: String, on session: String, _ form: String = "") async throws {
        let (status, body) = try await post(
            "/stripe/checkout/\(session)/\(button)", form, type: "application/x-www-form-urlencoded")
        #expect(status == 303, "\(body)")
    }
}
