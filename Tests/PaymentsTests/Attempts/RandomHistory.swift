import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

/// Customers, operators and two gateways that do whatever comes to their minds, in one marketplace.
struct RandomHistory: Sendable {
    let till: Till
    /// One for each gateway.
    let sides: [ConformanceBench]
    let orders: [ID<Order>]

    init(till: Till, stages: [any GatewayStage]) async throws {
        self.till = till
        sides = try stages.map { try ConformanceBench(till: till, stage: $0) }
        var orders: [ID<Order>] = []
        for sku in ["WHOLE", "PARTS"] {
            orders.append(try await till.market.place((till.market.licence(keys: 1, sku: sku), 1)).order.id)
        }
        try await TwoGateways(till: till).splitDemand(of: orders[1], advance: 20_000)
        self.orders = orders
    }

    var gateways: GatewayRegistry {
        get throws { GatewayRegistry(try sides.map { try $0.gateway }) }
    }

    /// One step; what is refused, or has to wait, has no effect.
    func step(_ random: inout SplitMix) async throws {
        let choice = Int.random(in: 0..<20, using: &random)
        let side = sides.randomElement(using: &random) ?? sides[0]
        let order = orders.randomElement(using: &random) ?? orders[0]
        let payments = try await payments(through: side)
        let payment = payments.randomElement(using: &random)
        let part = Int64.random(in: 1...60_000, using: &random)
        let pushes = try await side.stage.pushes()
        let push = pushes.randomElement(using: &random)
        try await tolerating {
            switch choice {
            case 0...3: _ = try await till.checkout(order, through: gateways, at: side.name)
            case 4...7: if let payment { try await pay(payment, at: side, andComeBack: choice < 7) }
            case 8: if let payment, try await isPayable(payment, at: side) { _ = try await side.stage.decline(payment) }
            case 9...12: if let push { try await side.receive(push, gateways: gateways) }
            case 13, 14: if let payment { _ = try await side.comeBack(to: payment, with: [:]) }
            case 15: if let payment { try await side.verify(payment) }
            case 16: if let payment { try await closeSuperseded(payment) }
            case 17: try await runRefunds()
            case 18: if let payment { _ = try await side.refund(payment, part) }
            default: if part < 10_000 { _ = try await till.market.cancel(order) }
            }
        }
    }

    /// All news arrives, and everything that was put off is done.
    func settle() async throws {
        for _ in 0..<3 {
            for side in sides {
                for push in try await side.stage.pushes() {
                    try await tolerating { try await side.receive(push, gateways: gateways) }
                }
                for payment in try await payments(through: side) {
                    try await tolerating { try await side.verify(payment) }
                    try await tolerating { try await closeSuperseded(payment) }
                }
            }
            try await tolerating { try await runRefunds() }
        }
    }

    func payments(through side: ConformanceBench) async throws -> [Payment] {
        try await till.client.query(
            """
            SELECT \(unescaped: PaymentStore.columns) FROM payments
            WHERE gateway = \(side.name.rawValue) AND session_reference IS NOT NULL ORDER BY id
            """, as: Payment.self)
    }

    private func isPayable(_ payment: Payment, at side: ConformanceBench) async throws -> Bool {
        try await side.gateway.read(payment, for: .system)?.status == .pending
    }

    private func pay(_ payment: Payment, at side: ConformanceBench, andComeBack: Bool) async throws {
        guard try await isPayable(payment, at: side) else { return }
        let fields = try await side.stage.pay(payment)
        if andComeBack { _ = try await side.comeBack(to: payment, with: fields) }
    }

    private func closeSuperseded(_ payment: Payment) async throws {
        try await CloseCheckouts(postgres: till.client, gateways: gateways, book: till.book)(
            superseded: payment.demandID, in: till.market.queue)
    }

    private func runRefunds() async throws {
        let ids = try await till.client.queryValues(
            "SELECT id FROM refunds WHERE state = 'requested' ORDER BY id", as: ID<Refund>.self)
        for id in ids {
            try await RefundPayment(postgres: till.client, gateways: gateways, book: till.book)(
                RefundPayment.Job(refundID: id), in: till.market.queue, logger: silent)
        }
    }

    /// Refusals and postponements are part of life; any other error is not.
    private func tolerating(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch is RetryLater {
        } catch is DoubtfulReport {
        } catch is OrderTransitionRefused {
        } catch let problem as Problem where problem.status == 409 {
        }
    }
}
