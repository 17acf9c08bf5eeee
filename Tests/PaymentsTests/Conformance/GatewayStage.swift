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
    /// The customer tries to pay and is declined.
    /// - Returns: what the browser brings back, if it comes back at all.
    func decline(_ payment: Payment) async throws -> [String: String]
    /// The customer leaves the gateway's page without paying.
    /// - Returns: what the browser brings back.
    func cancel(_ payment: Payment) async throws -> [String: String]
    /// Disturbs the next call of a kind.
    /// - Parameter fault: as in the sandbox's `next`: `error_before`, `error_after`, `lose_answer`, `rate_limit`.
    /// - Returns: false where this gateway has no such call.
    func disturb(_ call: GatewayCallKind, _ fault: String) async throws -> Bool
    /// Whether the page can't be used again after such an end, of which the provider says nothing to us: then its time has to pass.
    func isUsedUp(by end: CheckoutEnd) -> Bool
    /// Why a purchase does not get over such a fault by itself; nil where it does.
    func surrender(to fault: String, at call: GatewayCallKind) -> String?
    /// Every push that the provider has cause for so far.
    func pushes() async throws -> [SentPush]
    /// A push that the provider has signed long ago; nil where its signatures carry no time.
    func stalePush() async throws -> SentPush?
    /// A push as somebody would send it who wants this payment to count as captured.
    func forgedPush(about payment: Payment) -> SentPush
}

/// How a customer leaves a gateway's page without having paid.
enum CheckoutEnd: Sendable {
    case declined, cancelled
}

extension GatewayStage {
    func isUsedUp(by end: CheckoutEnd) -> Bool { false }

    func stalePush() async throws -> SentPush? { nil }

    func surrender(to fault: String, at call: GatewayCallKind) -> String? { nil }
}

/// The calls of a gateway that scenarios disturb.
enum GatewayCallKind: String, Sendable, CaseIterable {
    case open, read, refund
    case confirmReturn = "confirm_return"
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
        BKashStage.self,
        SSLCommerzStage.self,
        AamarPayStage.self,
        PayStationStage.self,
        RazorpayStage.self,
        HandshakeStage.self,
    ]
}

extension PaymentGateway {
    /// What it does not say of itself: a capability that it has, or lacks without a word.
    var unexplained: [GatewayCapability] {
        GatewayCapability.allCases.filter { capability in
            can(capability) ? lacking[capability] != nil : reason(lacking: capability)?.isEmpty != false
        }
    }
}
