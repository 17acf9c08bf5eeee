import CommerceTestSupport
import Configuration
import Core
import Foundation
import Jobs
import Orders
import Outbound
import Postgres
import Testing
import Webhooks

@testable import Payments

/// A marketplace with one gateway, built from settings as the processes build it.
struct ConformanceBench: Sendable {
    let till: Till
    let stage: any GatewayStage
    let name: GatewayName
    let gateways: GatewayRegistry
    private let account: WebhookAccount

    static func open<R: Sendable>(
        _ stage: any GatewayStage.Type, _ body: @Sendable (ConformanceBench) async throws -> R
    ) async throws -> R {
        try await stage.open { stage in
            try await Till.open { try await body(ConformanceBench(till: $0, stage: stage)) }
        }
    }

    init(till: Till, stage: any GatewayStage) throws {
        self.till = till
        self.stage = stage
        let settings = try Self.read(stage.settings, of: type(of: stage).provider)
        name = try #require(settings.accounts.first).name
        account = try #require(settings.webhookAccounts.first)
        gateways = settings.registry(
            transport: stage.transport, timing: .unhurried(at: till.market.clock), calls: nil, memory: till.memory,
            logger: silent)
    }

    /// - Throws: `ConfigurationError`
    static func read(
        _ variables: [String: String], of provider: any GatewayProvider.Type
    ) throws -> GatewaySettings {
        var settings = SettingsReader(
            ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables)))
        let read = GatewaySettings(&settings, of: [provider])
        try settings.finish()
        return read
    }

    var gateway: any PaymentGateway {
        get throws { try #require(gateways.find(name)) }
    }

    /// The same gateway, reached in another way or with other settings.
    func gateway(
        _ variables: [String: String]? = nil, transport: (any OutboundTransport)? = nil
    ) throws -> any PaymentGateway {
        let settings = try Self.read(variables ?? stage.settings, of: type(of: stage).provider)
        let registry = settings.registry(
            transport: transport ?? stage.transport, timing: .unhurried(at: till.market.clock), calls: nil,
            memory: till.memory, logger: silent)
        return try #require(registry.find(name))
    }

    func opened() async throws -> Payment {
        let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
        let started = try await till.checkout(order.id, through: gateways, at: name)
        return try await till.payment(started.paymentID)
    }

    /// A payment whose customer has paid and come back.
    func captured() async throws -> Payment {
        let payment = try await opened()
        _ = try await comeBack(to: payment, with: try await stage.pay(payment))
        return try await till.payment(payment.id)
    }

    /// - Returns: the page where the customer goes on.
    func comeBack(to payment: Payment, with fields: [String: String]) async throws -> String {
        try await ConfirmReturn(postgres: till.client, gateways: gateways, book: till.book, logger: silent)(
            payment.id, fields: fields, in: till.market.queue)
    }

    /// The push as the receiver takes it.
    /// - Throws: `WebhookRejection`
    func verify(_ push: SentPush) throws -> VerifiedEvent {
        try Self.verify(push, by: account.verifier)
    }

    private static func verify(_ push: SentPush, by verifier: some WebhookVerifier) throws -> VerifiedEvent {
        let claim = try verifier.claim(header: { push.headers[$0] }, now: Date())
        return try verifier.verify(claim, body: push.body)
    }

    /// Receives a push and processes it as the worker does.
    /// - Parameter account: for whom it came; the gateway's own account unless said otherwise.
    func receive(_ push: SentPush, for account: GatewayName? = nil, gateways: GatewayRegistry? = nil) async throws {
        let event = try verify(push)
        let kept = push.headers.filter { self.account.verifier.keptHeaders.contains($0.key) }
        try await till.process(
            push.body, type: event.type, id: "\(event.id)_\(UUID())", account: account ?? name, headers: kept,
            gateways: gateways ?? self.gateways)
    }
}

extension OutboundTiming {
    /// The time of a test, and no wait between attempts.
    static func unhurried(at clock: AdjustableClock) -> OutboundTiming {
        OutboundTiming(elapsed: OutboundTiming.system.elapsed, now: { clock.now }, sleep: { _ in }, random: { 0 })
    }
}

/// Nobody is there.
struct DeadTransport: OutboundTransport {
    func send(
        method: String, url: String, headers: [OutboundHeader], body: [UInt8], timeout: Duration
    ) async throws(TransportFailure) -> OutboundResponse {
        throw .notSent("connection refused")
    }
}
