import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("Random histories over two gateways")
struct RandomHistoryTests {
    private static let steps = 40
    /// More in the long form.
    private static let seeds: [UInt64] = {
        let asked = ProcessInfo.processInfo.environment["HAAT_PAYMENT_HISTORIES"].flatMap { UInt64($0) } ?? 12
        return Array(0..<min(asked, 10_000))
    }()

    @Test(
        "End in the gateways' truth, with one capture a demand and accounts that come to what gateways have",
        arguments: seeds)
    func truth(seed: UInt64) async throws {
        try await StripeStage.open { stripe in
            try await HandshakeStage.open { handshake in
                try await Till.open { till in
                    var random = SplitMix(state: seed)
                    let history = try await RandomHistory(till: till, stages: [stripe, handshake])
                    for _ in 0..<Self.steps { try await history.step(&random) }
                    try await history.settle()
                    for side in history.sides { try await expectTruth(of: side, in: history) }
                    for order in history.orders { try await expectOneCapture(for: order, in: history) }
                    #expect(try await till.imbalance() == 0)
                    #expect(try await till.market.audit.verifyAll(in: till.client).isSound)
                }
            }
        }
    }

    /// Every payment stands as its gateway says, and the account comes to what the gateway has taken and not given back.
    private func expectTruth(of side: ConformanceBench, in history: RandomHistory) async throws {
        var kept: Int64 = 0
        for ours in try await history.payments(through: side) {
            let theirs = try await side.gateway.read(ours, for: .system)
            #expect(
                ours.state.isCaptured == (theirs?.status == .captured),
                "\(ours.id): \(ours.state), \(theirs?.statement ?? "-")")
            guard ours.state.isCaptured else { continue }
            let returned = try await side.gateway.knownRefunds(of: ours, for: .system)
                .filter { $0.status == .succeeded }.reduce(Int64(0)) { $0 + $1.amount.minorUnits }
            #expect(ours.refunded.minorUnits == returned)
            kept += ours.amount.minorUnits - returned
        }
        #expect(try await history.till.balance(.clearing(side.name)) == kept)
    }

    /// One payment satisfies a demand; whatever else arrived is the customer's, and on its way back where that is possible.
    private func expectOneCapture(for id: ID<Order>, in history: RandomHistory) async throws {
        let till = history.till
        let order = try await till.market.order(id)
        let payments = try await PaymentStore().payments(of: id, in: till.client).filter(\.state.isCaptured)
        for demand in try await PaymentDemandStore().demands(of: id, in: till.client) {
            let captured = payments.filter { $0.demandID == demand.id }
            let settled = captured.filter { $0.settlement == .order }
            #expect(settled.count <= 1)
            #expect((demand.state == .satisfied) == (settled.count == 1))
            if demand.state == .open { #expect(captured.isEmpty) }
            for other in captured where other.settlement == .customer {
                #expect(other.unclaimedReason != nil)
                let refunds = try await RefundStore().refunds(of: other.id, in: till.client)
                #expect(refunds.contains { $0.origin == .automatic })
            }
        }
        let sum = payments.filter { $0.settlement == .order }.reduce(Int64(0)) { $0 + $1.amount.minorUnits }
        #expect(order.captured.minorUnits == sum)
    }
}
