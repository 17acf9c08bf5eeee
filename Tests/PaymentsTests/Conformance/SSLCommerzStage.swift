import Core
import Foundation
import Outbound
import SandboxRuntime
import Testing

@testable import Payments

/// SSLCommerz, played by the sandbox. Refunds are made as soon as they were asked for.
struct SSLCommerzStage: GatewayStage {
    static let provider: any GatewayProvider.Type = SSLCommerzProvider.self
    private static let sandbox = SSLCommerzSettings()

    let server: SandboxServer
    let catcher: PushCatcher

    static func open<R: Sendable>(_ body: @Sendable (any GatewayStage) async throws -> R) async throws -> R {
        try await play { try await body($0) }
    }

    static func play<R: Sendable>(_ body: @Sendable (SSLCommerzStage) async throws -> R) async throws -> R {
        try await PushCatcher.open { catcher in
            try await SandboxServer.open(
                "sslcommerz", { $0.sslcommerz.ipnURL = catcher.url },
                { server in
                    try await server.control("sslcommerz", "settings", #"{"refund_after":0}"#)
                    return try await body(SSLCommerzStage(server: server, catcher: catcher))
                })
        }
    }

    var settings: [String: String] { settings(password: Self.sandbox.storePassword) }
    var wrongSettings: [String: String] { settings(password: "another@ssl") }
    var transport: any OutboundTransport { HTTPTransport(client: server.http) }

    private func settings(password: String) -> [String: String] {
        [
            "HAAT_SSLCOMMERZ_BASE_URL": server.base + "/sslcommerz",
            "HAAT_SSLCOMMERZ_STORE_ID": Self.sandbox.storeID, "HAAT_SSLCOMMERZ_STORE_PASSWORD": password,
        ]
    }

    func pay(_ payment: Payment) async throws -> [String: String] { try await pay(payment, "success") }
    func decline(_ payment: Payment) async throws -> [String: String] { try await pay(payment, "failed") }
    func cancel(_ payment: Payment) async throws -> [String: String] { try await pay(payment, "cancelled") }

    /// Presses a button on the hosted page: `success`, `risky`, `pending`, `failed` or `cancelled`.
    /// - Returns: the form that the browser posts to us.
    @discardableResult
    func pay(_ payment: Payment, _ button: String) async throws -> [String: String] {
        let page = try #require(payment.redirectURL?.dropFirst(server.base.count))
        let answer = try await server.send(
            "POST", "\(page)/\(button)", type: "application/x-www-form-urlencoded",
            headers: [OutboundHeader("Accept", "application/json")])
        let form = try JSONValue(parsing: answer.body)
        let fields = try #require(form["fields"]?.objectValue)
        return fields.reduce(into: [:]) { $0[$1.key.string] = $1.value.textValue?.string }
    }

    func disturb(_ call: GatewayCallKind, _ fault: String) async throws -> Bool {
        let requests: [GatewayCallKind: String] = [
            .open: "POST /gwprocess/v4/api.php",
            .read: "GET /validator/api/merchantTransIDvalidationAPI.php",
            .refund: "GET /validator/api/merchantTransIDvalidationAPI.php",
        ]
        guard let request = requests[call] else { return false }
        try await server.disturb("sslcommerz", request, fault)
        return true
    }

    func surrender(to fault: String, at call: GatewayCallKind) -> String? {
        guard call == .refund, fault == "error_after" || fault == "lose_answer" else { return nil }
        return "SSLCommerz refuses a repeated refund and tells of none by our id: a person looks it up"
    }

    func pushes() async throws -> [SentPush] {
        let answer = try await server.send("GET", "/_control/sslcommerz/ledger?only=totals")
        let ledger = try JSONValue(parsing: answer.body)
        return try await catcher.pushes(atLeast: Int(try #require(ledger["totals"]?["events"]?.integerValue)))
    }

    func forgedPush(about payment: Payment) -> SentPush {
        let number = SSLCommerzForm.transaction(payment.id, attempt: 1)
        let names = "amount,currency,currency_amount,currency_type,status,store_id,tran_id,val_id"
        return SentPush(
            headers: ["content-type": "application/x-www-form-urlencoded"],
            body: Array(
                PercentEncoding.form([
                    ("status", "VALID"), ("tran_id", number), ("val_id", "forged1"), ("amount", "1200.00"),
                    ("currency", "BDT"), ("currency_type", "BDT"), ("currency_amount", "1200.00"),
                    ("bank_tran_id", "forged2"), ("store_id", Self.sandbox.storeID), ("verify_key", names),
                    ("verify_sign", String(repeating: "0", count: 32)),
                ]).utf8))
    }
}
