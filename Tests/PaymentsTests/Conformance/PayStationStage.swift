import Core
import Foundation
import Outbound
import SandboxRuntime
import Synchronization
import Testing

@testable import Payments

/// PayStation, played by the sandbox.
struct PayStationStage: GatewayStage {
    static let provider: any GatewayProvider.Type = PayStationProvider.self

    let server: SandboxServer
    private let told = Told()

    /// Of what a notification says there is nothing that the browser does not bring, too.
    private final class Told: Sendable {
        let bodies = Mutex<[[UInt8]]>([])
    }

    static func open<R: Sendable>(_ body: @Sendable (any GatewayStage) async throws -> R) async throws -> R {
        try await SandboxServer.open(
            "paystation", { $0.paystation.ipnURL = "http://127.0.0.1:1/webhooks/paystation" }
        ) {
            try await body(PayStationStage(server: $0))
        }
    }

    var settings: [String: String] { settings(password: "gamecoderstorepass") }
    var wrongSettings: [String: String] { settings(merchant: "104-1", password: "another") }
    var transport: any OutboundTransport { HTTPTransport(client: server.http) }

    private func settings(merchant: String = "104-1653730183", password: String) -> [String: String] {
        [
            "HAAT_PAYSTATION_BASE_URL": server.base + "/paystation", "HAAT_PAYSTATION_MERCHANT_ID": merchant,
            "HAAT_PAYSTATION_PASSWORD": password, "HAAT_PAYSTATION_CONTACT_PHONE": "+8801711111111",
        ]
    }

    func pay(_ payment: Payment) async throws -> [String: String] {
        let fields = try await press("successful", on: payment)
        let notice: JSONValue = [
            "invoice_number": .string(payment.sessionReference ?? ""), "trx_status": "Success",
            "trx_id": .string(fields["trx_id"] ?? ""), "trx_amount": .integer(payment.amount.minorUnits / 100),
            "order_date_time": "2027-01-15 14:00:00", "payment_method": "bKash",
        ]
        told.bodies.withLock { $0.append(notice.canonicalBytes) }
        return fields
    }

    func decline(_ payment: Payment) async throws -> [String: String] { try await press("failed", on: payment) }

    func cancel(_ payment: Payment) async throws -> [String: String] { try await press("canceled", on: payment) }

    /// Its status goes on as if nothing had happened.
    func isUsedUp(by end: CheckoutEnd) -> Bool { end == .cancelled }

    func disturb(_ call: GatewayCallKind, _ fault: String) async throws -> Bool {
        let requests: [GatewayCallKind: String] = [
            .open: "POST /initiate-payment", .read: "POST /transaction-status",
        ]
        guard let request = requests[call] else { return false }
        try await server.disturb("paystation", request, fault)
        return true
    }

    func pushes() async throws -> [SentPush] {
        told.bodies.withLock { $0 }.map { SentPush(headers: [:], body: $0) }
    }

    func forgedPush(about payment: Payment) -> SentPush {
        let notice: JSONValue = [
            "invoice_number": .string(payment.sessionReference ?? ""), "trx_status": "Success", "trx_id": "FORGED00",
            "trx_amount": .integer(1_200),
        ]
        return SentPush(headers: [:], body: notice.canonicalBytes)
    }

    /// A button on the page.
    private func press(_ button: String, on payment: Payment) async throws -> [String: String] {
        let page = try #require(payment.redirectURL)
        let response = try await server.send("POST", "\(page.dropFirst(server.base.count))/\(button)")
        #expect(response.status == 303)
        let location = try #require(response.header("Location"))
        let query = location.split(separator: "?").last.map { Array($0.utf8) } ?? []
        let fields = try PercentEncoding.fields(of: query)
        return Dictionary(uniqueKeysWithValues: fields.map { ($0.key.string, $0.value) })
    }
}
