import Core
import Foundation
import Outbound
import Webhooks

@testable import Payments

/// The other side of a gateway, as far as the scenarios that every provider goes through have to play it.
protocol GatewayStage: Sendable {
    static var provider: any GatewayProvider.Type { get }

    /// Opens the provider's stand-in for as long as the body runs.
    static func open<R: Sendable>(_ body: @Sendable (any GatewayStage) async throws -> R) async throws -> R

    /// The provider's settings, by their full names.
    var settings: [String: String] { get }
    /// The same with credentials that the provider does not accept.
    var wrongSettings: [String: String] { get }
    var transport: any OutboundTransport { get }

    /// The customer pays on the gateway's page.
    /// - Returns: what the browser brings back.
    func pay(_ payment: Payment) async throws -> [String: String]
    /// Every push that the provider has cause for so far.
    func pushes() async throws -> [SentPush]
    /// A push as somebody would send it who wants this payment to count as captured.
    func forgedPush(about payment: Payment) -> SentPush
}

/// A push on its way to us.
struct SentPush: Sendable {
    /// By lower-case name.
    let headers: [String: String]
    let body: [UInt8]
}

/// The gateways of this test target, beside those of the product: a further one is a folder and a line here.
enum ConformingGateways {
    static let stages: [any GatewayStage.Type] = [
        StripeStage.self,
        HandshakeStage.self,
    ]
}

extension PaymentGateway {
    /// What it does not say of itself: a capability that it has, or lacks without a word.
    var unexplained: [GatewayCapability] {
        GatewayCapability.allCases.filter { can($0) == (lacking[$0]?.isEmpty == false) }
    }
}
