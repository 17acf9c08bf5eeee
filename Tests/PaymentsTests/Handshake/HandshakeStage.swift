import Foundation
import Outbound

@testable import Payments

struct HandshakeStage: GatewayStage {
    static let provider: any GatewayProvider.Type = HandshakeProvider.self

    let bank = HandshakeBank(token: "hs-token")

    static func open<R: Sendable>(_ body: @Sendable (any GatewayStage) async throws -> R) async throws -> R {
        try await body(HandshakeStage())
    }

    var settings: [String: String] { ["HAAT_HANDSHAKE_TOKEN": bank.token] }
    var wrongSettings: [String: String] { ["HAAT_HANDSHAKE_TOKEN": "another-token"] }
    var transport: any OutboundTransport { bank }

    func pay(_ payment: Payment) async throws -> [String: String] {
        bank.agree(to: payment.sessionReference ?? "")
        return ["payment": payment.sessionReference ?? "", "status": "agreed"]
    }

    func decline(_ payment: Payment) async throws -> [String: String] {
        ["payment": payment.sessionReference ?? "", "status": "declined"]
    }

    func cancel(_ payment: Payment) async throws -> [String: String] {
        ["payment": payment.sessionReference ?? "", "status": "cancelled"]
    }

    func disturb(_ call: GatewayCallKind, _ fault: String) async throws -> Bool {
        guard call != .refund else { return false }
        bank.disturb(call, fault)
        return true
    }

    func pushes() async throws -> [SentPush] { bank.told.map(Self.push) }

    func forgedPush(about payment: Payment) -> SentPush { Self.push(about: payment.sessionReference ?? "") }

    private static func push(about id: String) -> SentPush {
        SentPush(
            headers: [HandshakeVerifier.deliveryHeader: UUID().uuidString],
            body: Array("payment=\(id)&status=completed".utf8))
    }
}
