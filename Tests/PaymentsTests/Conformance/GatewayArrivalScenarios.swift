import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing
import Webhooks

@testable import Payments

/// Which way the news comes, at every provider.
@Suite("Every gateway: how news arrives")
struct GatewayArrivalScenarios {
    typealias Subject = GatewayConformanceTests.Subject

    @Test("The push before the return, and the return before the push", arguments: Subject.all, [true, false])
    func order(subject: Subject, isPushFirst: Bool) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            let fields = try await bench.stage.pay(payment)
            if isPushFirst { try await bench.receiveAll() }
            #expect(try await bench.comeBack(to: payment, with: fields) == payment.successURL)
            try await bench.receiveAll()
            try await bench.expectPaidOnce(payment)
        }
    }

    @Test("No push and no return at all: the gateway is asked before the order is given up", arguments: Subject.all)
    func silence(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            let fields = try await bench.stage.pay(payment)
            guard try await bench.gateway.read(payment, for: .system)?.status == .captured else {
                try await bench.verifyOpen(payment.orderID)
                try await bench.expectUnpaid(payment)
                _ = try await bench.comeBack(to: payment, with: fields)
                try await bench.expectPaidOnce(payment)
                return bench.leaveOut(
                    "paid without push and return", because: "no money moves before the return was confirmed")
            }
            bench.till.market.clock.advance(by: ReservationSettings().longestTime + 1)
            try await bench.verifyOpen(payment.orderID)
            try await bench.expectPaidOnce(payment)
        }
    }

    @Test("Where nobody asked in time, reconciliation finds what was paid", arguments: Subject.all)
    func reconciled(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            _ = try await bench.stage.pay(payment)
            guard try await bench.gateway.read(payment, for: .system)?.status == .captured else {
                return bench.leaveOut(
                    "found by reconciliation", because: "no money moves before the return was confirmed")
            }
            bench.till.market.clock.advance(by: 2 * 86_400)
            let report = try await bench.reconcile()
            #expect(report.discrepancies.contains { $0.kind == .captureMissedHere })
            #expect(report.repairs == [payment.id])
            for id in report.repairs { try await bench.verify(try await bench.till.payment(id)) }
            try await bench.expectPaidOnce(payment)
            #expect(try await bench.reconcile().discrepancies == [])
        }
    }

    @Test("Fifty deliveries of every push at once have one effect", arguments: Subject.all)
    func fifty(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            let fields = try await bench.stage.pay(payment)
            if try bench.gateway.can(.confirmReturn) { _ = try await bench.comeBack(to: payment, with: fields) }
            let pushes = try await bench.stage.pushes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    for push in pushes { group.addTask { try await bench.receive(push) } }
                }
                try await group.waitForAll()
            }
            try await bench.expectPaidOnce(payment)
            #expect(try await bench.till.market.deadlocks() == 0)
        }
    }

    @Test("A push that was signed long ago is refused", arguments: Subject.all)
    func stale(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            _ = try await bench.stage.pay(payment)
            guard let push = try await bench.stage.stalePush() else {
                return bench.leaveOut("a stale signature", because: "what proves its pushes carries no time")
            }
            #expect(throws: WebhookRejection.self) { try bench.verify(push) }
        }
    }

    @Test("Push, return and an operator's question at the same moment leave one capture", arguments: Subject.all)
    func atOnce(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            let fields = try await bench.stage.pay(payment)
            if try bench.gateway.can(.confirmReturn) { _ = try await bench.comeBack(to: payment, with: fields) }
            let pushes = try await bench.stage.pushes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { _ = try await bench.comeBack(to: payment, with: fields) }
                    group.addTask { try await bench.verify(payment) }
                    for push in pushes { group.addTask { try await bench.receive(push) } }
                }
                try await group.waitForAll()
            }
            try await bench.expectPaidOnce(payment)
            #expect(try await bench.till.market.deadlocks() == 0)
        }
    }
}
