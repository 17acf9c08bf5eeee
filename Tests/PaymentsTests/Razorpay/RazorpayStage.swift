import Core
import Crypto
import Foundation
import Outbound
import SandboxRuntime
import TestSupport
import Testing

@testable import Payments

/// Razorpay, played by the sandbox.
struct RazorpayStage: GatewayStage {
    static let provider: any GatewayProvider.Type = RazorpayProvider.self
    static let keyID = "rzp_test_haatconformance"
    static let keySecret = "5Jq0uXbC9zKdWmT1"

    let server: SandboxServer
    let catcher: PushCatcher

    static func open<R: Sendable>(_ body: @Sendable (any GatewayStage) async throws -> R) async throws -> R {
        try await play { try await body($0) }
    }

    static func play<R: Sendable>(_ body: @Sendable (RazorpayStage) async throws -> R) async throws -> R {
        try await PushCatcher.open { catcher in
            try await SandboxServer.open(
                "razorpay",
                { settings in
                    settings.razorpay.keyID = keyID
                    settings.razorpay.keySecret = keySecret
                    settings.razorpay.webhookURL = catcher.url
                    settings.razorpay.webhookSecret = TestSecrets.webhookSecret
                },
                { try await body(RazorpayStage(server: $0, catcher: catcher)) })
        }
    }

    var settings: [String: String] { settings(secret: Self.keySecret) }
    var wrongSettings: [String: String] { settings(secret: "wrong") }
    var transport: any OutboundTransport { HTTPTransport(client: server.http) }

    private func settings(secret: String) -> [String: String] {
        [
            "HAAT_RAZORPAY_BASE_URL": server.base + "/razorpay", "HAAT_RAZORPAY_KEY_ID": Self.keyID,
            "HAAT_RAZORPAY_KEY_SECRET": secret, "HAAT_RAZORPAY_WEBHOOK_SECRETS": TestSecrets.webhookSecret,
            "HAAT_RAZORPAY_SETTLEMENT_CURRENCY": "BDT",
        ]
    }

    func pay(_ payment: Payment) async throws -> [String: String] {
        try await press("pay", payment, "callback_url=https://haat.test/return")
    }

    func decline(_ payment: Payment) async throws -> [String: String] {
        try await press("fail", payment, "reason=insufficient_funds")
    }

    /// The browser goes straight to the shop's page.
    func cancel(_ payment: Payment) async throws -> [String: String] { [:] }

    /// Presses a button of the hosted page.
    /// - Returns: what the browser is told to post to us.
    private func press(_ button: String, _ payment: Payment, _ form: String) async throws -> [String: String] {
        let response = try await server.send(
            "POST", "/razorpay/checkout/\(payment.sessionReference ?? "")/\(button)",
            "key_id=\(Self.keyID)&order_id=\(payment.sessionReference ?? "")&\(form)",
            type: "application/x-www-form-urlencoded", headers: [OutboundHeader("Accept", "application/json")])
        #expect(response.status == 200)
        guard button == "pay" else { return [:] }
        let fields = try JSONValue(parsing: response.body)["fields"]?.objectValue ?? [:]
        return Dictionary(
            uniqueKeysWithValues: fields.map { ($0.key.string, $0.value.textValue?.string ?? "") })
    }

    func disturb(_ call: GatewayCallKind, _ fault: String) async throws -> Bool {
        let requests: [GatewayCallKind: String] = [
            .open: "POST /v1/orders", .read: "GET /v1/orders", .refund: "POST /v1/payments",
            .confirmReturn: "GET /v1/payments",
        ]
        guard let request = requests[call] else { return false }
        try await server.disturb("razorpay", request, fault)
        return true
    }

    /// Pays an order, or fails to, beside its page.
    /// - Parameter json: members beside the order.
    /// - Returns: the gateway's id of the payment.
    @discardableResult
    func attempt(_ payment: Payment, _ json: String) async throws -> String {
        let response = try await server.send(
            "POST", "/_control/razorpay/payments", #"{"order":"\#(payment.sessionReference ?? "")",\#(json)}"#)
        #expect(response.status == 200)
        return try #require(try JSONValue(parsing: response.body)["id"]?.textValue?.string)
    }

    /// A call to the API as the merchant makes it.
    func api(_ method: String, _ path: String, _ body: String = "") async throws -> JSONValue {
        let credentials = Data("\(Self.keyID):\(Self.keySecret)".utf8).base64EncodedString()
        let response = try await server.send(
            method, "/razorpay/v1/\(path)", body, headers: [OutboundHeader("Authorization", "Basic \(credentials)")])
        return try JSONValue(parsing: response.body)
    }

    /// All that its events have caused; each arrives once.
    func pushes() async throws -> [SentPush] {
        let response = try await server.send("GET", "/_control/razorpay/ledger?only=events")
        let events = try JSONValue(parsing: response.body)["events"]?.arrayValue ?? []
        return try await catcher.pushes(atLeast: events.count)
    }

    func forgedPush(about payment: Payment) -> SentPush {
        Self.push(
            "payment.captured",
            #"{"payment":{"entity":{"id":"pay_forged00000001","entity":"payment","amount":120000,"currency":"BDT","status":"captured","captured":true,"order_id":"\#(payment.sessionReference ?? "")","notes":[],"created_at":1800000000}}}"#,
            by: TestSecrets.otherWebhookSecret)
    }

    static func push(_ type: String, _ payload: String, by secret: String = TestSecrets.webhookSecret) -> SentPush {
        let body = Array(
            #"{"entity":"event","account_id":"acc_BFQ7uQEaa7j2z7","event":"\#(type)","contains":[],"payload":\#(payload),"created_at":1800000000}"#
                .utf8)
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(body), using: SymmetricKey(data: Data(secret.utf8)))
        return SentPush(
            headers: [
                "x-razorpay-signature": Hexadecimal.encode(code), "x-razorpay-event-id": "evt_\(UUID().uuidString)",
            ], body: body)
    }
}
