import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Testing
import Webhooks

@testable import Payments

/// What every provider has to go through. Where a gateway lacks a capability, the scenario shows what is said instead.
@Suite("Every gateway")
struct GatewayConformanceTests {
    /// A provider's stage, called by the provider's name in results.
    struct Subject: Sendable, CustomTestStringConvertible {
        let stage: any GatewayStage.Type

        var testDescription: String { stage.provider.name }

        static let all = ConformingGateways.stages.map { Subject(stage: $0) }
    }

    @Test("Every provider of the product is among those that go through this")
    func complete() {
        let names = ConformingGateways.stages.map { $0.provider.name }
        #expect(GatewayCatalog.product.allSatisfy { names.contains($0.name) })
        #expect(Set(names).count == names.count)
    }

    @Test("It says of itself what it can't do and why, and of nothing else", arguments: Subject.all)
    func capabilities(subject: Subject) async throws {
        try await subject.stage.open { stage in
            let settings = try ConformanceBench.read(stage.settings, of: subject.stage.provider)
            let registry = settings.registry(transport: stage.transport, calls: nil, logger: silent)
            let gateway = try #require(registry.all.first)
            #expect(gateway.unexplained == [])
            #expect(settings.descriptions(registry).first?.capabilities == gateway.capabilities)
        }
    }

    @Test(
        "It needs none of its settings where it is off, and names each that is missing where it is on",
        arguments: Subject.all)
    func settings(subject: Subject) throws {
        let provider = subject.stage.provider
        #expect(try ConformanceBench.read([:], of: provider).accounts.isEmpty)
        let error = #expect(throws: ConfigurationError.self) {
            try ConformanceBench.read(["HAAT_GATEWAYS": provider.name], of: provider)
        }
        let prefix = "HAAT_\(provider.name.uppercased())_"
        #expect(error?.failures.isEmpty == false && error?.failures.allSatisfy { $0.hasPrefix(prefix) } == true)
    }

    @Test("A checkout opens at a web address, and asked for again is the same one", arguments: Subject.all)
    func opens(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            #expect(payment.state == .pending && payment.gateway == bench.name && payment.sessionReference != nil)
            #expect(payment.redirectURL?.hasPrefix("http") == true)
            let again = try await bench.till.checkout(payment.orderID, through: bench.gateways, at: bench.name)
            #expect(again.paymentID == payment.id && again.redirectURL == payment.redirectURL)
            #expect(try await bench.gateway.read(payment, for: .system)?.status == .pending)
        }
    }

    @Test(
        "Who paid and comes back goes on to the shop's thanks, and the order is paid without any push",
        arguments: Subject.all)
    func comesBack(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            let fields = try await bench.stage.pay(payment)
            for _ in 0..<2 {
                #expect(try await bench.comeBack(to: payment, with: fields) == payment.successURL)
                #expect(try await bench.till.payment(payment.id).state == .captured)
            }
            try await bench.expectPaidOnce(payment)
        }
    }

    @Test("Its pushes, doubled and in any order, leave one capture", arguments: Subject.all)
    func pushes(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            let fields = try await bench.stage.pay(payment)
            if try bench.gateway.can(.confirmReturn) { _ = try await bench.comeBack(to: payment, with: fields) }
            let pushes = try await bench.stage.pushes()
            #expect(!pushes.isEmpty)
            for push in (pushes + pushes).shuffled() { try await bench.receive(push) }
            try await bench.expectPaidOnce(payment)
        }
    }

    @Test("A forged push captures nothing", arguments: Subject.all)
    func forged(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            do {
                try await bench.receive(bench.stage.forgedPush(about: payment))
            } catch is WebhookRejection {
                // Signed pushes are refused before anything is stored.
            }
            #expect(try await bench.till.payment(payment.id).state == .pending)
        }
    }

    @Test("A push for another account settles nothing of this one", arguments: Subject.all)
    func otherAccount(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            _ = try await bench.stage.pay(payment)
            let other = GatewayName(rawValue: "\(bench.name)/eu")
            let prefix = "HAAT_\(bench.name.rawValue.uppercased())_"
            var settings = ["HAAT_GATEWAYS": other.rawValue]
            for (name, value) in bench.stage.settings {
                settings[prefix + "EU_" + name.dropFirst(prefix.count)] = value
            }
            let gateways = try ConformanceBench.read(settings, of: subject.stage.provider).registry(
                transport: bench.stage.transport, timing: .unhurried(at: bench.till.market.clock), calls: nil,
                logger: silent)
            for push in try await bench.stage.pushes() {
                try await bench.receive(push, for: other, gateways: gateways)
                #expect(try await bench.till.lastOutcome() == "ignored")
            }
            #expect(try await bench.till.payment(payment.id).state == .pending)
        }
    }

    @Test("A payment that it never heard of is nil, not an error", arguments: Subject.all)
    func unknown(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            var payment = try await bench.opened()
            payment.sessionReference = "unknown_1"
            payment.reference = nil
            #expect(try await bench.gateway.read(payment, for: .system) == nil)
        }
    }

    @Test("Refused credentials are neither a refusal of the payment nor silence for good", arguments: Subject.all)
    func credentials(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            let gateway = try bench.gateway(bench.stage.wrongSettings)
            let error = await #expect(throws: GatewayError.self) { try await gateway.read(payment, for: .system) }
            guard case .credentialsRefused = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }

    @Test("Where nobody answers, nothing is concluded", arguments: Subject.all)
    func silence(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            let gateway = try bench.gateway(transport: DeadTransport())
            let error = await #expect(throws: GatewayError.self) { try await gateway.read(payment, for: .system) }
            #expect(error?.isSilence == true)
        }
    }

    @Test(
        "Money goes back in parts, by API or, where there is none, once a person has sent it and another says so",
        arguments: Subject.all)
    func refunds(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.captured()
            for (units, state) in [(20_000, PaymentState.partiallyRefunded), (100_000, .refunded)] {
                let refund = try await bench.refund(payment, Int64(units))
                try await bench.send(refund)
                #expect(
                    try await RefundStore().refund(refund.id, visibleTo: .everything, in: bench.till.client)?.state
                        == .succeeded)
                #expect(try await bench.till.payment(payment.id).state == state)
            }
            #expect(try await bench.till.balance(.clearing(bench.name)) == 0)
        }
    }

    @Test(
        "A refund that is owed is made, by API or, where there is none, by hand: until then it waits",
        arguments: Subject.all)
    func owedRefund(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            let fields = try await bench.stage.pay(payment)
            try await bench.till.market.cancel(payment.orderID)
            _ = try await bench.comeBack(to: payment, with: fields)
            let refund = try #require(try await RefundStore().refunds(of: payment.id, in: bench.till.client).first)
            try await bench.send(refund)
            let after = try #require(
                try await RefundStore().refund(refund.id, visibleTo: .everything, in: bench.till.client))
            #expect(after.state == .succeeded && after.origin == .automatic)
            #expect(try await bench.till.balance(.clearing(bench.name)) == 0)
            #expect(try await bench.till.balance(.refundsDue) == 0)
        }
    }

    @Test("A closed order's checkout is closed, or waited for to the end of its time", arguments: Subject.all)
    func closes(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            try await bench.till.market.cancel(payment.orderID)
            let close = CloseCheckouts(postgres: bench.till.client, gateways: bench.gateways, book: bench.till.book)
            if try bench.gateway.can(.closeCheckout) {
                try await close(payment.orderID, in: bench.till.market.queue)
                #expect(try await bench.till.payment(payment.id).state.isUnsuccessful)
            } else {
                let later = await #expect(throws: RetryLater.self) {
                    try await close(payment.orderID, in: bench.till.market.queue)
                }
                #expect((later?.delay ?? .zero) > .seconds(60))
                #expect(try await bench.till.payment(payment.id).state == .pending)
            }
        }
    }

    @Test(
        "Its record is compared with ours: by its lists, or payment by payment where it keeps none",
        arguments: Subject.all)
    func reconciles(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.captured()
            let report = try await bench.reconcile([.payments])
            #expect(report.discrepancies == [] && (report.payments == 1 || report.asked == 1))
            try await bench.till.client.execute(
                "UPDATE payments SET state = 'pending', settlement = NULL, captured_at = NULL WHERE id = \(payment.id)")
            bench.till.market.clock.advance(by: 2 * 86_400)
            let late = try await bench.reconcile([.payments])
            #expect(late.discrepancies.map(\.kind) == [.captureMissedHere] && late.repairs == [payment.id])
        }
    }
}

extension ConformanceBench {
    func expectPaidOnce(
        _ payment: Payment, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let (order, after) = (try await till.market.order(payment.orderID), try await till.payment(payment.id))
        #expect(order.isPaid && after.state == .captured, sourceLocation: sourceLocation)
        #expect(try await till.balance(.clearing(name)) == 120_000, sourceLocation: sourceLocation)
        #expect(try await till.imbalance() == 0, sourceLocation: sourceLocation)
        let captures = try await till.actions(of: payment).filter { $0 == "payment.captured" }
        #expect(captures.count == 1, sourceLocation: sourceLocation)
    }

    func refund(_ payment: Payment, _ units: Int64) async throws -> Refund {
        let wish = NewRefund(
            paymentID: payment.id, amount: Money(minorUnits: units, currency: .bdt), reason: "conformance")
        return try await till.market.queue.withUnitOfWork {
            try await CreateRefund(gateways: gateways, book: till.book)(wish, by: .system, in: $0)
        }
    }

    /// What the worker does for a refund, and people where it can't.
    func send(_ refund: Refund) async throws {
        try await RefundPayment(postgres: till.client, gateways: gateways, book: till.book)(
            RefundPayment.Job(refundID: refund.id), in: till.market.queue, logger: silent)
        guard try !gateway.can(.refund) else { return }
        let waiting = try await RefundStore().refund(refund.id, visibleTo: .everything, in: till.client)
        #expect(waiting?.state == .awaitingTransfer)
        let second = Principal(.staff(UUID()), permissions: [.refundsConfirm], visibility: .everything)
        _ = try await till.market.work {
            try await SettleTransfer(book: till.book).confirm(
                refund.id, as: "transfer of \(refund.id)", by: second, in: $0)
        }
    }
}
