import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("From a stored event to its effect")
struct ProcessEventTests {
    private func session(_ payment: Payment, _ status: String, _ paid: String, amount: Int = 120_000) -> String {
        """
        {"id":"\(payment.sessionReference ?? "")","mode":"payment","status":"\(status)","payment_status":"\(paid)",
         "payment_intent":"pi_1","amount_total":\(amount),"currency":"bdt","metadata":{"payment_id":"\(payment.id)"}}
        """
    }

    private func intent(_ payment: Payment, _ status: String, received: Int = 120_000) -> String {
        """
        {"id":"pi_1","status":"\(status)","amount":120000,"amount_received":\(received),"amount_capturable":0,
         "currency":"bdt","metadata":{"payment_id":"\(payment.id)"}}
        """
    }

    @Test("Session and intent tell of one capture, in either order and repeatedly")
    func duplicates() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            for _ in 0..<2 {
                try await till.process("payment_intent.succeeded", intent(payment, "succeeded"))
                try await till.process("checkout.session.completed", session(payment, "complete", "paid"))
            }
            #expect(try await till.payment(payment.id).state == .captured)
            #expect(try await till.count("ledger_transactions") == 1)
            #expect(till.gateway.reads == 0)
            let timeline = try await OrderTimeline().events(of: payment.orderID, in: till.client).map(\.kind)
            #expect(timeline.filter { $0 == .webhookAccepted }.count == 1)
        }
    }

    @Test("A declined card does not end the payment, and a late success captures it")
    func declineThenSuccess() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            try await till.process("payment_intent.payment_failed", intent(payment, "requires_payment_method"))
            #expect(try await till.payment(payment.id).state == .pending)
            #expect(try await till.payment(payment.id).reference == "pi_1")
            try await till.process("checkout.session.async_payment_failed", session(payment, "complete", "unpaid"))
            #expect(try await till.payment(payment.id).state == .failed)
            try await till.process("checkout.session.async_payment_succeeded", session(payment, "complete", "paid"))
            #expect(try await till.payment(payment.id).state == .captured)
        }
    }

    @Test("A completed session that is unpaid pays nothing yet")
    func unpaid() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            try await till.process("checkout.session.completed", session(payment, "complete", "unpaid"))
            #expect(try await till.payment(payment.id).state == .pending)
            #expect(try await till.market.order(payment.orderID).status == .pendingPayment)
        }
    }

    @Test("A stale event after the capture moves nothing")
    func stale() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            try await till.process("checkout.session.completed", session(payment, "complete", "paid"))
            try await till.process("checkout.session.expired", session(payment, "expired", "unpaid"))
            try await till.process("payment_intent.processing", intent(payment, "processing"))
            try await till.process("payment_intent.canceled", intent(payment, "canceled"))
            #expect(try await till.payment(payment.id).state == .captured)
        }
    }

    @Test("An event with another amount makes us ask, and the gateway's answer decides")
    func asks() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            till.gateway.set { $0.truth = { Till.truth($0, .captured) } }
            try await till.process("checkout.session.completed", session(payment, "complete", "paid", amount: 1))
            #expect(till.gateway.reads == 1)
            #expect(try await till.payment(payment.id).state == .captured)
        }
    }

    @Test("Where the gateway confirms the wrong amount, the payment is conflicted and nothing is paid")
    func confirmsMismatch() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            let wrong = Money(minorUnits: 1, currency: .bdt)
            till.gateway.set { $0.truth = { Till.truth($0, .captured, amount: wrong) } }
            try await till.process("checkout.session.completed", session(payment, "complete", "paid", amount: 1))
            #expect(try await till.payment(payment.id).state == .conflicted)
            #expect(try await till.market.order(payment.orderID).status == .pendingPayment)
        }
    }

    @Test("A capture on an expired payment makes us ask; money is money")
    func lateAfterExpiry() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            try await till.process("checkout.session.expired", session(payment, "expired", "unpaid"))
            #expect(try await till.payment(payment.id).state == .expired)
            till.gateway.set { $0.truth = { Till.truth($0, .captured) } }
            try await till.process("checkout.session.completed", session(payment, "complete", "paid"))
            #expect(till.gateway.reads == 1)
            #expect(try await till.payment(payment.id).state == .captured)
        }
    }

    @Test("A gateway that can't be asked leaves the job to be run again, and nothing changed")
    func gatewayDown() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            await #expect(throws: DoubtfulReport.self) {
                try await till.process("checkout.session.completed", session(payment, "complete", "paid", amount: 1))
            }
            #expect(try await till.payment(payment.id).state == .pending)
        }
    }

    @Test("Events of unknown types, and about payments that are not ours, are noted as ignored")
    func ignored() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            try await till.process("payout.paid", #"{"id":"po_1"}"#)
            #expect(try await till.lastOutcome() == "ignored")
            let foreign = intent(payment, "succeeded").replacing("\(payment.id)", with: "pay_unknown")
            try await till.process("payment_intent.succeeded", foreign)
            #expect(try await till.lastOutcome() == "ignored")
            #expect(try await till.payment(payment.id).state == .pending)
        }
    }

    @Test("A refund that is heard of before its capture brings the capture with it")
    func refundFirst() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            try await till.process("payment_intent.payment_failed", intent(payment, "requires_payment_method"))
            till.gateway.set { $0.truth = { Till.truth($0, .captured) } }
            try await till.process(
                "refund.created",
                #"{"id":"re_1","status":"succeeded","amount":20000,"currency":"bdt","payment_intent":"pi_1"}"#)
            let after = try await till.payment(payment.id)
            #expect(after.state == .partiallyRefunded)
            #expect(after.refunded.minorUnits == 20_000)
            try await till.process("payment_intent.succeeded", intent(payment, "succeeded"))
            #expect(try await till.payment(payment.id).state == .partiallyRefunded)
            #expect(try await till.imbalance() == 0)
        }
    }

    @Test("A refund that is heard of before anything named its payment brings the capture with it")
    func refundOfUnnamedPayment() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            #expect(payment.reference == nil)
            till.gateway.set {
                $0.owners = ["pi_1": payment.id]
                $0.truth = { Till.truth($0, .captured) }
            }
            try await till.process(
                "refund.created",
                #"{"id":"re_1","status":"succeeded","amount":20000,"currency":"bdt","payment_intent":"pi_1"}"#)
            #expect(try await till.lastOutcome() == "applied")
            let after = try await till.payment(payment.id)
            #expect(after.state == .partiallyRefunded && after.reference == "pi_1")
            try await till.process("payment_intent.succeeded", intent(payment, "succeeded"))
            #expect(try await till.payment(payment.id).refunded.minorUnits == 20_000)
        }
    }

    @Test("A dispute that is heard of before anything named its payment is on record")
    func disputeOfUnnamedPayment() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            till.gateway.set {
                $0.owners = ["pi_1": payment.id]
                $0.truth = { Till.truth($0, .captured) }
            }
            try await till.process(
                "charge.dispute.created",
                #"{"id":"dp_1","payment_intent":"pi_1","amount":120000,"currency":"bdt","status":"needs_response"}"#)
            #expect(try await till.payment(payment.id).disputeState == "needs_response")
        }
    }

    @Test("A refund of a payment that the gateway does not call ours is ignored")
    func foreignRefund() async throws {
        try await Till.open { till in
            try await till.process(
                "refund.created",
                #"{"id":"re_1","status":"succeeded","amount":20000,"currency":"bdt","payment_intent":"pi_other"}"#)
            #expect(try await till.lastOutcome() == "ignored")
        }
    }

    @Test("A refunded charge makes us list the refunds: its cumulative amount is no delta")
    func chargeRefunded() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            try await till.process("payment_intent.succeeded", intent(payment, "succeeded"))
            let captured = try await till.payment(payment.id)
            till.gateway.set {
                $0.refunds = [
                    Fixture.refundReport(captured, .succeeded, reference: "re_a", amount: 100),
                    Fixture.refundReport(captured, .succeeded, reference: "re_b", amount: 200),
                ]
            }
            for _ in 0..<2 {
                try await till.process(
                    "charge.refunded", #"{"id":"ch_1","payment_intent":"pi_1","amount_refunded":300}"#)
            }
            #expect(try await till.payment(payment.id).refunded.minorUnits == 300)
        }
    }

    @Test("A dispute is on record with its latest state, whatever the order of its news")
    func dispute() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            try await till.process("payment_intent.succeeded", intent(payment, "succeeded"))
            func event(_ status: String, at created: Int) -> [UInt8] {
                let object = """
                    {"id":"dp_1","payment_intent":"pi_1","amount":120000,"currency":"bdt","status":"\(status)"}
                    """
                let body = String(decoding: StripeEventTests.event("charge.dispute.updated", object), as: UTF8.self)
                return Array(body.replacing("1800000000", with: "\(created)").utf8)
            }
            try await till.process(event("lost", at: 1_800_000_200), type: "charge.dispute.closed", id: "evt_2")
            try await till.process(
                event("needs_response", at: 1_800_000_100), type: "charge.dispute.created", id: "evt_1")
            #expect(try await till.payment(payment.id).disputeState == "lost")
            #expect(try await till.actions(of: payment).contains("payment.dispute"))
        }
    }

    @Test("Verification by an operator and a webhook at the same time have one effect")
    func verifyRace() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            till.gateway.set { $0.truth = { Till.truth($0, .captured).asRead(reference: "pi_1") } }
            let verify = VerifyPayment(postgres: till.client, gateways: till.registry, book: till.book)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { _ = try await verify(payment.id, for: .system, in: till.market.queue) }
                    group.addTask { try await till.process("payment_intent.succeeded", intent(payment, "succeeded")) }
                }
                try await group.waitForAll()
            }
            #expect(try await till.count("ledger_transactions") == 1)
            #expect(try await till.payment(payment.id).state == .captured)
        }
    }
}

extension Report {
    fileprivate func asRead(reference: String) -> Report {
        Report(
            gateway: gateway, paymentID: paymentID, sessionReference: sessionReference, reference: reference,
            status: status, amount: amount, merchantAccount: merchantAccount, source: source, statement: statement)
    }
}
