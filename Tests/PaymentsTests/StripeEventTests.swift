import Core
import Foundation
import Testing

@testable import Payments

@Suite("Stripe's events in our words")
struct StripeEventTests {
    static let payment = Fixture.payment(state: .pending)

    static func event(_ type: String, _ object: String, livemode: Bool = false) -> [UInt8] {
        Array(
            """
            {"id":"evt_1","object":"event","created":1800000000,"livemode":\(livemode),"type":"\(type)",
             "data":{"object":\(object)}}
            """.utf8)
    }

    static func session(_ status: String, _ paymentStatus: String, amount: String = "120000") -> String {
        """
        {"id":"cs_1","object":"checkout.session","mode":"payment","status":"\(status)","payment_status":"\(paymentStatus)",
         "payment_intent":"pi_1","amount_total":\(amount),"currency":"bdt","metadata":{"payment_id":"\(payment.id)"}}
        """
    }

    static func intent(_ status: String, received: Int = 0, more: String = "") -> String {
        """
        {"id":"pi_1","object":"payment_intent","status":"\(status)","amount":120000,"amount_received":\(received),
         "amount_capturable":120000,"currency":"bdt","metadata":{"payment_id":"\(payment.id)"}\(more)}
        """
    }

    @Test(
        "Each type that moves money becomes its report",
        arguments: [
            ("checkout.session.completed", session("complete", "paid"), ReportStatus.captured),
            ("checkout.session.completed", session("complete", "no_payment_required"), .captured),
            ("checkout.session.completed", session("complete", "unpaid"), .pending),
            ("checkout.session.async_payment_succeeded", session("complete", "paid"), .captured),
            ("checkout.session.async_payment_failed", session("complete", "unpaid"), .failed),
            ("checkout.session.expired", session("expired", "unpaid"), .expired),
            ("payment_intent.succeeded", intent("succeeded", received: 120_000), .captured),
            ("payment_intent.processing", intent("processing"), .pending),
            ("payment_intent.payment_failed", intent("requires_payment_method"), .pending),
            ("payment_intent.canceled", intent("canceled"), .cancelled),
            ("payment_intent.amount_capturable_updated", intent("requires_capture"), .authorised),
        ])
    func payments(type: String, object: String, status: ReportStatus) throws {
        let fact = try StripeEvents.interpret(Self.event(type, object))
        guard case .payment(let report) = fact else {
            Issue.record("\(type) became \(fact)")
            return
        }
        #expect(report.status == status)
        #expect(report.paymentID == Self.payment.id)
        #expect(report.reference == "pi_1")
        #expect(report.amount == Fixture.amount)
        #expect(report.merchantAccount == "test")
        #expect(report.source == .webhook(eventID: "evt_1"))
    }

    @Test("An intent that received less than was asked for says so")
    func partial() throws {
        guard
            case .payment(let report) = try StripeEvents.interpret(
                Self.event("payment_intent.succeeded", Self.intent("succeeded", received: 100)))
        else { return }
        #expect(report.amount?.minorUnits == 100)
        guard case .doubtful = Self.payment.assess(report) else {
            Issue.record("a partial capture was believed")
            return
        }
    }

    @Test("The mode of the event is part of the merchant account")
    func mode() throws {
        guard
            case .payment(let report) = try StripeEvents.interpret(
                Self.event("checkout.session.completed", Self.session("complete", "paid"), livemode: true))
        else { return }
        #expect(report.merchantAccount == "live")
    }

    @Test("A decline is named but is no end")
    func decline() throws {
        let object = Self.intent(
            "requires_payment_method",
            more: #","last_payment_error":{"code":"card_declined","decline_code":"insufficient_funds"}"#)
        guard
            case .payment(let report) = try StripeEvents.interpret(
                Self.event("payment_intent.payment_failed", object))
        else { return }
        #expect(report.statement.contains("insufficient_funds"))
        #expect(report.status == .pending)
    }

    @Test(
        "Refunds are read from refund objects, and a refunded charge only says that there are some",
        arguments: [
            ("succeeded", RefundState.succeeded), ("pending", .pending), ("failed", .failed), ("canceled", .cancelled),
            ("requires_action", .pending),
        ])
    func refunds(status: String, state: RefundState) throws {
        let object = #"{"id":"re_1","status":"\#(status)","amount":500,"currency":"bdt","payment_intent":"pi_1"}"#
        for type in ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"] {
            guard case .refund(let report) = try StripeEvents.interpret(Self.event(type, object)) else {
                Issue.record("\(type) was not a refund")
                continue
            }
            #expect(report.status == state)
            #expect(report.amount.minorUnits == 500)
        }
        let charge = #"{"id":"ch_1","payment_intent":"pi_1","amount_refunded":500}"#
        #expect(
            try StripeEvents.interpret(Self.event("charge.refunded", charge))
                == .refundsChanged(reference: "pi_1", eventID: "evt_1"))
    }

    @Test("Disputes of every kind are recognised")
    func disputes() throws {
        let object = """
            {"id":"dp_1","payment_intent":"pi_1","amount":120000,"currency":"bdt","status":"needs_response","reason":"fraudulent"}
            """
        for type in ["created", "updated", "closed", "funds_withdrawn", "funds_reinstated"] {
            guard case .dispute(let report) = try StripeEvents.interpret(Self.event("charge.dispute.\(type)", object))
            else {
                Issue.record("\(type) was not a dispute")
                continue
            }
            #expect(report.status == "needs_response")
        }
    }

    @Test(
        "Unknown types are no concern of ours, whatever their object",
        arguments: ["payout.paid", "a.b", "customer.created"])
    func unknown(type: String) throws {
        #expect(try StripeEvents.interpret(Self.event(type, "null")) == .irrelevant(type: type))
    }

    @Test("A subscription's session is no concern of ours")
    func otherMode() throws {
        let object = #"{"id":"cs_1","mode":"subscription"}"#
        #expect(
            try StripeEvents.interpret(Self.event("checkout.session.completed", object))
                == .irrelevant(type: "checkout.session.completed"))
    }

    @Test(
        "A malformed object is an error that names the field",
        arguments: [
            (#"{"mode":"payment","payment_status":"paid"}"#, "event.data.object.id is missing"),
            (
                #"{"id":"cs_1","mode":"payment","payment_status":7}"#,
                "event.data.object.payment_status must be a string"
            ),
            (#"{"id":"cs 1","mode":"payment","payment_status":"paid"}"#, "event.data.object.id is not an identifier"),
            (session("complete", "paid", amount: "1.5"), "event.data.object.amount_total must be an integer"),
            (session("complete", "paid").replacing("bdt", with: "xxx"), "XXX"),
            ("[]", "event.data.object must be an object, not an array"),
        ])
    func malformed(object: String, message: String) {
        let error = #expect(throws: MalformedEvent.self) {
            try StripeEvents.interpret(Self.event("checkout.session.completed", object))
        }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }

    @Test("A moment that no calendar has is malformed", arguments: ["-1", "253402300800", "9223372036854775807"])
    func moments(created: String) {
        let body = String(decoding: Self.event("charge.dispute.created", "{}"), as: UTF8.self)
            .replacing("1800000000", with: created)
        let error = #expect(throws: MalformedEvent.self) { try StripeEvents.interpret(Array(body.utf8)) }
        #expect(error?.description == "event.created is not a moment")
    }

    @Test(
        "Bodies that are no events are malformed, not a crash",
        arguments: ["", "{", "[]", "null", "{}", #"{"type":1}"#])
    func noEvents(body: String) {
        #expect(throws: MalformedEvent.self) { try StripeEvents.interpret(Array(body.utf8)) }
    }

    @Test("Ten thousand brackets are malformed, not a crash")
    func deep() {
        let body = Array(repeating: UInt8(ascii: "["), count: 10_000)
        #expect(throws: MalformedEvent.self) { try StripeEvents.interpret(body) }
    }
}

extension StripeEvents {
    /// For our main account.
    static func interpret(_ body: [UInt8]) throws(MalformedEvent) -> GatewayFact {
        try interpret(GatewayPush(id: "evt_1", body: body), for: .stripe)
    }
}
