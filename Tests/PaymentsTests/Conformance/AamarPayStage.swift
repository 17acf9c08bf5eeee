import Core
import Foundation
import Outbound
import SandboxRuntime
import Synchronization
import Testing

@testable import Payments

/// aamarPay, played by the sandbox.
struct AamarPayStage: GatewayStage {
    static let provider: any GatewayProvider.Type = AamarPayProvider.self

    let server: SandboxServer
    private let told = Told()

    /// What the browser was led back with is what the notification says.
    private final class Told: Sendable {
        let bodies = Mutex<[[UInt8]]>([])
    }

    static func open<R: Sendable>(_ body: @Sendable (any GatewayStage) async throws -> R) async throws -> R {
        try await SandboxServer.open("aamarpay", { $0.aamarpay.ipnURL = "http://127.0.0.1:1/webhooks/aamarpay" }) {
            try await body(AamarPayStage(server: $0))
        }
    }

    var settings: [String: String] { settings(key: "dbb74894e82415a2f7ff0ec3a97e4183") }
    var wrongSettings: [String: String] { settings(key: "another") }
    var transport: any OutboundTransport { HTTPTransport(client: server.http) }

    private func settings(key: String) -> [String: String] {
        [
            "HAAT_AAMARPAY_BASE_URL": server.base + "/aamarpay", "HAAT_AAMARPAY_STORE_ID": "aamarpaytest",
            "HAAT_AAMARPAY_SIGNATURE_KEY": key, "HAAT_AAMARPAY_CONTACT_PHONE": "+8801711111111",
        ]
    }

    func pay(_ payment: Payment) async throws -> [String: String] { try await press("successful", on: payment) }

    func decline(_ payment: Payment) async throws -> [String: String] { try await press("failed", on: payment) }

    func cancel(_ payment: Payment) async throws -> [String: String] { try await press("cancelled", on: payment) }

    /// That it failed is no word of which is known that it is final.
    func isUsedUp(by end: CheckoutEnd) -> Bool { end == .declined }

    func disturb(_ call: GatewayCallKind, _ fault: String) async throws -> Bool {
        let requests: [GatewayCallKind: String] = [
            .open: "POST /jsonpost.php", .read: "GET /api/v1/trxcheck/request.php",
        ]
        guard let request = requests[call] else { return false }
        try await server.disturb("aamarpay", request, fault)
        return true
    }

    func pushes() async throws -> [SentPush] {
        told.bodies.withLock { $0 }.map { SentPush(headers: [:], body: $0) }
    }

    func forgedPush(about payment: Payment) -> SentPush {
        let form = "mer_txnid=\(payment.sessionReference ?? "")&pay_status=Successful&status_code=2&amount=1200.00"
        return SentPush(headers: [:], body: Array(form.utf8))
    }

    /// A button on the page.
    private func press(_ button: String, on payment: Payment) async throws -> [String: String] {
        let track = try #require(payment.redirectURL?.split(separator: "track=").last)
        let response = try await server.send(
            "POST", "/aamarpay/pay/\(track)/\(button)", headers: [OutboundHeader("Accept", "application/json")])
        let answer = try JSONValue(parsing: response.body)
        let fields = answer["fields"]?.objectValue ?? [:]
        if !fields.isEmpty {
            let form = PercentEncoding.form(fields.map { ($0.key.string, $0.value.textValue?.string ?? "") })
            told.bodies.withLock { $0 += [Array(form.utf8), JSONValue.object(fields).canonicalBytes] }
        }
        return Dictionary(uniqueKeysWithValues: fields.map { ($0.key.string, $0.value.textValue?.string ?? "") })
    }
}
