import Crypto
import Foundation
import Outbound
import TestSupport
import Testing

@testable import Payments

/// Stripe, played by the sandbox.
struct StripeStage: GatewayStage {
    static let provider: any GatewayProvider.Type = StripeProvider.self
    private static let webhookSecret = TestSecrets.webhookSecret

    let stripe: SandboxStripe

    static func open<R: Sendable>(_ body: @Sendable (any GatewayStage) async throws -> R) async throws -> R {
        try await SandboxStripe.open { try await body(StripeStage(stripe: $0)) }
    }

    var settings: [String: String] { settings(key: SandboxStripe.key) }
    var wrongSettings: [String: String] { settings(key: "sk_test_wrong") }
    var transport: any OutboundTransport { HTTPTransport(client: stripe.http) }

    private func settings(key: String) -> [String: String] {
        [
            "HAAT_STRIPE_BASE_URL": stripe.base + "/stripe", "HAAT_STRIPE_SECRET_KEY": key,
            "HAAT_STRIPE_WEBHOOK_SECRETS": Self.webhookSecret,
        ]
    }

    func pay(_ payment: Payment) async throws -> [String: String] {
        try await stripe.press("pay", on: payment.sessionReference ?? "")
        return [:]
    }

    func decline(_ payment: Payment) async throws -> [String: String] {
        try await stripe.press("fail", on: payment.sessionReference ?? "", "reason=insufficient_funds")
        return [:]
    }

    func cancel(_ payment: Payment) async throws -> [String: String] {
        try await stripe.press("cancel", on: payment.sessionReference ?? "")
        return [:]
    }

    func disturb(_ call: GatewayCallKind, _ fault: String) async throws -> Bool {
        let requests: [GatewayCallKind: String] = [
            .open: "POST /v1/checkout/sessions", .read: "GET /v1/checkout/sessions", .refund: "POST /v1/refunds",
        ]
        guard let request = requests[call] else { return false }
        try await stripe.disturb(request, fault)
        return true
    }

    func pushes() async throws -> [SentPush] {
        let since = Date(timeIntervalSince1970: TimeInterval(SandboxStripe.start - 60))
        return try await stripe.gateway.events(since: since).events.map { event in
            SentPush(
                headers: ["stripe-signature": Self.signature(of: event.body, by: Self.webhookSecret)], body: event.body)
        }
    }

    func stalePush() async throws -> SentPush? {
        let body = try #require(try await pushes().first).body
        let then = Int(Date().timeIntervalSince1970) - 3_600
        return SentPush(
            headers: ["stripe-signature": Self.signature(of: body, by: Self.webhookSecret, at: then)], body: body)
    }

    func forgedPush(about payment: Payment) -> SentPush {
        let body = StripeEventTests.event(
            "payment_intent.succeeded",
            #"{"id":"pi_forged","status":"succeeded","amount":120000,"amount_received":120000,"currency":"bdt","metadata":{"payment_id":"\#(payment.id)"}}"#
        )
        return SentPush(
            headers: ["stripe-signature": Self.signature(of: body, by: TestSecrets.otherWebhookSecret)], body: body)
    }

    private static func signature(
        of body: [UInt8], by secret: String, at now: Int = Int(Date().timeIntervalSince1970)
    ) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(now).".utf8) + Data(body), using: SymmetricKey(data: Data(secret.utf8)))
        return "t=\(now),v1=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
