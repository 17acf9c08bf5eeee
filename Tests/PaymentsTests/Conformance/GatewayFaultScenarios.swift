import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

/// What becomes of a purchase when calls go wrong, at every provider.
@Suite("Every gateway: faults")
struct GatewayFaultScenarios {
    typealias Subject = GatewayConformanceTests.Subject

    /// A call that goes wrong, and how.
    struct Disturbance: Sendable, CustomTestStringConvertible {
        let call: GatewayCallKind
        let fault: String

        var testDescription: String { "\(fault) at \(call.rawValue)" }

        static let faults = ["error_before", "error_after", "lose_answer", "rate_limit"]
        static let all = GatewayCallKind.allCases.flatMap { call in
            faults.map { Disturbance(call: call, fault: $0) }
        }
    }

    /// How many random pairs each gateway is tried with: more in the long form.
    private static let pairs: [Int] = {
        let asked = ProcessInfo.processInfo.environment["HAAT_CONFORMANCE_PAIRS"].flatMap { Int($0) } ?? 2
        return Array(0..<min(max(asked, 0), 100))
    }()

    @Test(
        "A fault of one call costs time, never money: the purchase is paid once and refunded once",
        arguments: Subject.all, Disturbance.all)
    func single(subject: Subject, disturbance: Disturbance) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            if let reason = bench.stage.surrender(to: disturbance.fault, at: disturbance.call) {
                return bench.leaveOut(disturbance.testDescription, because: reason)
            }
            guard try await purchase(bench, [disturbance]) else {
                return bench.leaveOut(
                    disturbance.testDescription, because: "it has no such call, or no stand-in disturbs it")
            }
        }
    }

    @Test("Nor do two of them", arguments: Subject.all, pairs)
    func paired(subject: Subject, seed: Int) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            var random = SplitMix(state: UInt64(seed) &* 7_919 &+ UInt64(bench.name.rawValue.utf8.count))
            let bearable = Disturbance.all.filter { bench.stage.surrender(to: $0.fault, at: $0.call) == nil }
            let pair = Array(bearable.shuffled(using: &random).prefix(2))
            print("conformance: \(bench.name): pair \(seed): \(pair.map(\.testDescription))")
            _ = try await purchase(bench, pair)
        }
    }

    /// From the order to the refund, each call disturbed when its turn comes.
    /// - Returns: false where the gateway has none of the calls.
    private func purchase(_ bench: ConformanceBench, _ disturbances: [Disturbance]) async throws -> Bool {
        var isDisturbed = false
        func disturb(_ call: GatewayCallKind) async throws {
            for disturbance in disturbances where disturbance.call == call {
                isDisturbed = try await bench.stage.disturb(call, disturbance.fault) || isDisturbed
            }
        }
        let order = try await bench.till.market.place((bench.till.market.licence(keys: 1), 1)).order
        try await disturb(.open)
        let payment = try await bench.payable(order.id)
        let fields = try await bench.stage.pay(payment)
        try await disturb(.confirmReturn)
        try await disturb(.read)
        // Whatever goes wrong, the customer is led on.
        _ = try await bench.comeBack(to: payment, with: fields)
        _ = try await bench.persist { try await bench.verify(payment) }
        _ = try await bench.comeBack(to: payment, with: fields)
        try await bench.receiveAll()
        try await bench.expectPaidOnce(payment)
        try await refund(payment, on: bench, disturb)
        return isDisturbed
    }

    private func refund(
        _ payment: Payment, on bench: ConformanceBench, _ disturb: (GatewayCallKind) async throws -> Void
    ) async throws {
        guard try bench.gateway.can(.refund) else { return }
        let refund = try await bench.refund(payment, 20_000)
        try await disturb(.refund)
        let outcome: Void? = try await bench.persist { try await bench.send(refund) }
        #expect(outcome != nil, "the refund was never answered")
        try await bench.persistUntilRefunded(payment)
        let after = try await bench.till.payment(payment.id)
        #expect(after.state == .partiallyRefunded && after.refunded.minorUnits == 20_000)
        #expect(try await bench.refundsThere(payment) ?? 1 == 1)
        #expect(try await bench.till.balance(.clearing(bench.name)) == 100_000)
        #expect(try await bench.till.imbalance() == 0)
    }

    @Test("Wrong credentials for ten minutes end nothing for good", arguments: Subject.all)
    func credentials(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let other = try bench.gateway(bench.stage.wrongSettings)
            guard try other.merchantAccount == bench.gateway.merchantAccount else {
                return bench.leaveOut(
                    "wrong credentials for ten minutes", because: "they name the merchant: others are another account")
            }
            let wrong = GatewayRegistry([other])
            let order = try await bench.till.market.place((bench.till.market.licence(keys: 1), 1)).order
            let refused = await #expect(throws: Problem.self) {
                try await bench.till.checkout(order.id, through: wrong, at: bench.name)
            }
            #expect(refused?.status == 503)
            let payment = try await bench.payable(order.id)
            let fields = try await bench.stage.pay(payment)
            let page = try await ConfirmReturn(
                postgres: bench.till.client, gateways: wrong, book: bench.till.book, logger: silent)(
                    payment.id, fields: fields, in: bench.till.market.queue)
            #expect(page == payment.successURL)
            #expect(try await bench.till.payment(payment.id).state == .pending)
            bench.till.market.clock.advance(by: 600)
            _ = try await bench.comeBack(to: payment, with: fields)
            try await bench.receiveAll()
            try await bench.expectPaidOnce(payment)
            guard try bench.gateway.can(.refund) else { return }
            let refund = try await bench.refund(payment, 120_000)
            let error = await #expect(throws: GatewayError.self) {
                try await RefundPayment(postgres: bench.till.client, gateways: wrong, book: bench.till.book)(
                    RefundPayment.Job(refundID: refund.id), in: bench.till.market.queue, logger: silent)
            }
            #expect(error?.isSilence == true)
            bench.till.market.clock.advance(by: 600)
            try await bench.send(refund)
            try await bench.persistUntilRefunded(payment)
            #expect(try await bench.till.payment(payment.id).state == .refunded)
        }
    }

    @Test("More than is left can't be asked for, by one or by two at once", arguments: Subject.all)
    func tooMuch(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            guard try bench.gateway.can(.refund) else {
                return bench.leaveOut("refunds of more than is left", because: try bench.gateway.lacking[.refund] ?? "")
            }
            let payment = try await bench.captured()
            let more = await #expect(throws: Problem.self) { try await bench.refund(payment, 120_001) }
            #expect(more?.type == "refund-exceeds-payment")
            let made = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        do {
                            _ = try await bench.refund(payment, 80_000)
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(made == 1)
            for refund in try await RefundStore().refunds(of: payment.id, in: bench.till.client) {
                for _ in 0..<2 { try await bench.send(refund) }
            }
            try await bench.persistUntilRefunded(payment)
            #expect(try await bench.till.payment(payment.id).refunded.minorUnits == 80_000)
            #expect(try await bench.refundsThere(payment) ?? 1 == 1)
        }
    }
}

extension ConformanceBench {
    /// Where a gateway takes its time over refunds, it is asked until they have an end.
    fileprivate func persistUntilRefunded(_ payment: Payment) async throws {
        for _ in 0..<5 {
            let open = try await till.count("refunds WHERE state IN ('requested', 'pending')")
            guard open > 0 else { return }
            try await receiveAll()
            _ = try await persist { try await verify(payment) }
        }
    }
}
