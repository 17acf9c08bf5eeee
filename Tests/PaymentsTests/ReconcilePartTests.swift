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

@Suite("Reconciling what no list of payments shows")
struct ReconcilePartTests {
    private func reconcile(
        _ till: Till, _ gateways: GatewayRegistry? = nil, _ parts: Set<ReconciliationPart>
    ) async throws -> ReconciliationReport {
        let start = Date(timeIntervalSince1970: TimeInterval(SandboxStripe.start - 86_400))
        return try await Reconcile(
            postgres: till.client, gateways: gateways ?? till.registry, audit: till.market.audit,
            ids: till.market.ids, clock: till.market.clock, logger: silent)(
                .stripe, parts, in: GatewayPeriod(start: start, end: till.market.clock.now.addingTimeInterval(60)),
                by: .system, in: till.market.queue)
    }

    @Test(
        "A push that never arrived is found in the gateway's own list, and the payment that it is about is asked about")
    func events() async throws {
        try await ConformanceBench.open(StripeStage.self) { bench in
            let till = bench.till
            let payment = try await bench.opened()
            _ = try await bench.stage.pay(payment)
            let missed = try await reconcile(till, bench.gateways, [.events])
            #expect(missed.events > 0 && missed.repairs == [payment.id])
            #expect(missed.discrepancies.allSatisfy { $0.kind == .eventMissedHere })
            #expect(try await till.market.jobKinds().contains(VerifyPayment.Job.kind))
            try await bench.verify(payment)
            let known = try await reconcile(till, bench.gateways, [.events])
            #expect(known.discrepancies == [] && known.missedEvents > 0, "what is known by other ways is no difference")
            for push in try await bench.stage.pushes() {
                let event = try bench.verify(push)
                try await till.client.execute(
                    """
                    INSERT INTO webhook_seen (account, event_id, webhook_event_id)
                    VALUES ('stripe', \(event.id), \(till.market.ids.next()))
                    """)
            }
            #expect(try await reconcile(till, bench.gateways, [.events]).missedEvents == 0)
        }
    }

    @Test("What is about no payment of ours, or changes nothing here, is nobody's difference")
    func strangers() async throws {
        try await SandboxStripe.open { stripe in
            try await Till.open { till in
                try await stripe.control(
                    "events", #"{"type":"customer.created","object":{"id":"cus_1","object":"customer"}}"#)
                try await stripe.control(
                    "events",
                    #"{"type":"payment_intent.succeeded","object":{"id":"pi_other","object":"payment_intent","status":"succeeded","amount":5,"amount_received":5,"currency":"usd","metadata":{}}}"#
                )
                let report = try await reconcile(till, GatewayRegistry([stripe.gateway]), [.events])
                #expect(report.events == 2 && report.discrepancies == [])
            }
        }
    }

    @Test("A gateway without the list that is asked for says so, and is left out where all are compared")
    func lacking() async throws {
        try await ConformanceBench.open(HandshakeStage.self) { bench in
            let problem = await #expect(throws: Problem.self) { try await bench.reconcile([.events]) }
            #expect(problem?.type == "gateway-capability-lacking" && problem?.status == 409)
            #expect(problem?.detail?.contains("no list of what it has pushed") == true)
            let reconcile = Reconcile(
                postgres: bench.till.client, gateways: GatewayRegistry([bench.till.gateway, try bench.gateway]),
                audit: bench.till.market.audit, ids: bench.till.market.ids, clock: bench.till.market.clock,
                logger: silent)
            #expect(reconcile.gateways(for: [.refunds]) == [.stripe])
            #expect(reconcile.gateways(for: [.payments]) == [bench.name, .stripe])
        }
    }

    @Test("A payment that is open past its time is asked about: paid, ended, or unknown at the gateway")
    func overdue() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            till.market.clock.advance(by: 2 * 86_400)
            let unknown = try await reconcile(till, nil, [.payments])
            #expect(unknown.discrepancies.map(\.kind) == [.paymentUnknownThere] && unknown.repairs == [])
            for (status, kind) in [
                (ReportStatus.expired, Discrepancy.Kind.endMissedHere), (.captured, .captureMissedHere),
            ] {
                till.gateway.set { $0.truth = { Till.truth($0, status) } }
                let report = try await reconcile(till, nil, [.payments])
                #expect(report.discrepancies.map(\.kind) == [kind] && report.repairs == [payment.id])
            }
            till.gateway.set { $0.truth = { Till.truth($0, .pending) } }
            #expect(try await reconcile(till, nil, [.payments]).discrepancies == [])
        }
    }

    @Test("A refund that a bank sends back weeks later is found without a webhook", arguments: [3, 14, 30])
    func returned(days: Int) async throws {
        try await ConformanceBench.open(StripeStage.self) { bench in
            let till = bench.till
            let stage = try #require(bench.stage as? StripeStage)
            let payment = try await bench.captured()
            let refund = try await bench.refund(payment, 120_000)
            try await bench.send(refund)
            #expect(try await till.payment(payment.id).state == .refunded)
            let reference = try #require(
                try await RefundStore().refund(refund.id, visibleTo: .everything, in: till.client)?.reference)
            try await stage.stripe.control("refunds/fail", #"{"refund":"\#(reference)"}"#)
            till.market.clock.advance(by: TimeInterval(days) * 86_400 + 3_600)
            let report = try await reconcile(till, bench.gateways, [.refunds])
            #expect(report.undecided == [payment.id])
            try await bench.verify(payment)
            #expect(try await till.payment(payment.id).state == .captured)
            #expect(try await till.market.order(payment.orderID).status == .paid)
            #expect(try await till.balance(.clearing(.stripe)) == 120_000)
            #expect(try await till.imbalance() == 0)
        }
    }
}
