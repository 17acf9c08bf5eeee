import CommerceTestSupport
import Core
import Foundation
import Orders
import Outbound
import Postgres
import Testing

@testable import Payments

@Suite("Stripe over HTTP")
struct StripeGatewayTests {
    private func request(_ payment: Payment, attempt: Int = 1, amount: Int64 = 120_000) -> CheckoutRequest {
        CheckoutRequest(
            paymentID: payment.id, orderID: payment.orderID, attempt: attempt,
            amount: Money(minorUnits: amount, currency: .bdt),
            lines: [
                .init(name: "Antivirus & more = ভালো", unitPrice: Money(minorUnits: 60_000, currency: .bdt), quantity: 2)
            ],
            customer: Fixture.customer, shippingAddress: nil, callbackURL: "https://haat.test/return",
            handoverURL: "https://haat.test/checkout",
            successURL: "https://shop.test/ok?a=1&b=2",
            cancelURL: "https://shop.test/no",
            expiresAt: Date(timeIntervalSince1970: TimeInterval(SandboxStripe.start + 1_860)))
    }

    private func fresh() -> Payment {
        var payment = Fixture.payment(state: .created)
        payment.sessionReference = nil
        payment.reference = nil
        return payment
    }

    private func opened(_ stripe: SandboxStripe) async throws -> Payment {
        var payment = fresh()
        payment.sessionReference = try await stripe.gateway.open(request(payment)).sessionReference
        return payment
    }

    private func paid(_ stripe: SandboxStripe) async throws -> Payment {
        var payment = try await opened(stripe)
        try await stripe.press("pay", on: try #require(payment.sessionReference))
        payment.reference = try await stripe.gateway.read(payment, for: .system)?.reference
        return payment
    }

    @Test("A session is opened, paid on its page and read back as a capture of the same amount")
    func purchase() async throws {
        try await SandboxStripe.open { stripe in
            let payment = try await opened(stripe)
            let before = try await stripe.gateway.read(payment, for: .system)
            #expect(before?.status == .pending)
            try await stripe.press("pay", on: try #require(payment.sessionReference))
            let report = try #require(try await stripe.gateway.read(payment, for: .system))
            #expect(report.status == .captured)
            #expect(report.amount == payment.amount)
            #expect(report.paymentID == payment.id)
            #expect(report.merchantAccount == stripe.gateway.merchantAccount)
            #expect(report.source == .read(.system))
            #expect(payment.assess(report) == .move(to: .captured))
        }
    }

    @Test("The same payment and attempt give the same session; the evidence of the call holds no secret")
    func idempotent() async throws {
        try await SandboxStripe.open { stripe in
            let payment = fresh()
            let first = try await stripe.gateway.open(request(payment))
            let second = try await stripe.gateway.open(request(payment))
            #expect(first.sessionReference == second.sessionReference)
            #expect(
                try await stripe.gateway.open(request(payment, attempt: 2)).sessionReference
                    != first.sessionReference)
            let record = String(decoding: try JSONEncoder().encode(first.call), as: UTF8.self)
            #expect(!record.contains(SandboxStripe.key))
            #expect(!record.contains("buyer"))
        }
    }

    @Test("The same key with other parameters is refused, not silently another session")
    func otherParameters() async throws {
        try await SandboxStripe.open { stripe in
            let payment = fresh()
            _ = try await stripe.gateway.open(request(payment))
            let changed = CheckoutRequest(
                paymentID: payment.id, orderID: payment.orderID, attempt: 1, amount: payment.amount,
                lines: request(payment).lines, customer: Fixture.customer, shippingAddress: nil,
                callbackURL: "https://haat.test/return",
                handoverURL: "https://haat.test/checkout", successURL: "https://other.test",
                cancelURL: "https://other.test", expiresAt: request(payment).expiresAt)
            let error = await #expect(throws: GatewayError.self) { try await stripe.gateway.open(changed) }
            guard case .refused = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }

    @Test("An answer that is lost on the way is asked for again under the same key")
    func lostAnswer() async throws {
        try await SandboxStripe.open { stripe in
            try await stripe.disturb("POST /v1/checkout/sessions", "lose_answer")
            let payment = try await opened(stripe)
            #expect(try await stripe.gateway.read(payment, for: .system)?.status == .pending)
        }
    }

    @Test("A 500 after the fact is an unknown outcome that this key will always give; the next attempt succeeds")
    func errorAfter() async throws {
        try await SandboxStripe.open { stripe in
            try await stripe.disturb("POST /v1/checkout/sessions", "error_after")
            let payment = fresh()
            let error = await #expect(throws: GatewayError.self) {
                try await stripe.gateway.open(request(payment))
            }
            guard case .keySpent = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
            _ = try await stripe.gateway.open(request(payment, attempt: 2))
        }
    }

    @Test("A session over another amount than was asked for is never handed to a customer")
    func integrity() async throws {
        try await SandboxStripe.open { stripe in
            let error = await #expect(throws: GatewayError.self) {
                try await stripe.gateway.open(request(fresh(), amount: 1))
            }
            guard case .integrity(let reason) = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
            #expect(reason.contains("another amount"))
        }
    }

    @Test("A declined card leaves the payment open, and the next card captures it")
    func declined() async throws {
        try await SandboxStripe.open { stripe in
            let payment = try await opened(stripe)
            let session = try #require(payment.sessionReference)
            try await stripe.press("fail", on: session, "reason=insufficient_funds")
            #expect(try await stripe.gateway.read(payment, for: .system)?.status == .pending)
            try await stripe.press("pay", on: session)
            #expect(try await stripe.gateway.read(payment, for: .system)?.status == .captured)
        }
    }

    /// A payment whose card was authorised, and charged only when we say so.
    private func authorised(_ stripe: SandboxStripe) async throws -> Payment {
        var payment = fresh()
        let form = """
            mode=payment&success_url=https%3A%2F%2Fshop.test&line_items[0][quantity]=1\
            &line_items[0][price_data][currency]=bdt&line_items[0][price_data][unit_amount]=120000\
            &line_items[0][price_data][product_data][name]=Book&payment_intent_data[capture_method]=manual
            """
        let (status, body) = try await stripe.post(
            "/stripe/v1/checkout/sessions", form, type: "application/x-www-form-urlencoded")
        try #require(status == 200, "\(body)")
        let session = try #require(try JSONValue(parsing: Array(body.utf8))["id"]?.textValue?.string)
        payment.sessionReference = session
        try await stripe.press("pay", on: session)
        let report = try await stripe.gateway.read(payment, for: .system)
        #expect(report?.status == .authorised && report?.amount == payment.amount)
        payment.reference = report?.reference
        return payment
    }

    @Test("What was authorised is captured, however often it is asked for, and can't be let go afterwards")
    func capture() async throws {
        try await SandboxStripe.open { stripe in
            let payment = try await authorised(stripe)
            for _ in 0..<2 {
                let report = try await stripe.gateway.capture(payment, for: .system)
                #expect(report.status == .captured && report.amount == payment.amount)
            }
            let error = await #expect(throws: GatewayError.self) {
                try await stripe.gateway.void(payment, for: .system)
            }
            guard case .refused = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }

    @Test("What was authorised is let go, however often it is asked for, and can't be captured afterwards")
    func void() async throws {
        try await SandboxStripe.open { stripe in
            let payment = try await authorised(stripe)
            for _ in 0..<2 {
                #expect(try await stripe.gateway.void(payment, for: .system).status == .cancelled)
            }
            let error = await #expect(throws: GatewayError.self) {
                try await stripe.gateway.capture(payment, for: .system)
            }
            guard case .refused = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }

    @Test("A session that ran out reads as expired")
    func expired() async throws {
        try await SandboxStripe.open { stripe in
            let payment = try await opened(stripe)
            try await stripe.post(
                "/stripe/v1/checkout/sessions/\(try #require(payment.sessionReference))/expire", "",
                type: "application/x-www-form-urlencoded")
            #expect(try await stripe.gateway.read(payment, for: .system)?.status == .expired)
        }
    }

    @Test("What Stripe does not know reads as nothing")
    func unknown() async throws {
        try await SandboxStripe.open { stripe in
            let report = try await stripe.gateway.read(Fixture.payment(state: .pending), for: .system)
            #expect(report == nil)
        }
    }

    @Test("A refund asked for many times sends money back once, and is found in the list")
    func refund() async throws {
        try await SandboxStripe.open { stripe in
            let payment = try await paid(stripe)
            let refund = Refund(
                id: ID(uuid: UUID()), paymentID: payment.id, orderID: payment.orderID, origin: .automatic,
                reason: "test", amount: payment.amount,
                state: .requested, reference: nil, createdAt: Date())
            try await stripe.disturb("POST /v1/refunds", "lose_answer")
            let first = try await stripe.gateway.refund(refund, of: payment)
            let second = try await stripe.gateway.refund(refund, of: payment)
            #expect(first.reference == second.reference)
            #expect(first.refundID == refund.id)
            #expect(try await stripe.gateway.refunds(of: payment, for: .system).map(\.reference) == [first.reference])
        }
    }

    @Test("Stripe tells whose payment a payment intent is, and nothing of one that it does not know")
    func owner() async throws {
        try await SandboxStripe.open { stripe in
            let payment = try await paid(stripe)
            let reference = try #require(payment.reference)
            #expect(try await stripe.gateway.paymentID(of: reference) == payment.id)
            #expect(try await stripe.gateway.paymentID(of: "pi_unknown") == nil)
        }
    }

    @Test("A second full refund is refused by name")
    func refundTwice() async throws {
        try await SandboxStripe.open { stripe in
            let payment = try await paid(stripe)
            func refund() -> Refund {
                Refund(
                    id: ID(uuid: UUID()), paymentID: payment.id, orderID: payment.orderID, origin: .operator,
                    reason: "", amount: payment.amount,
                    state: .requested, reference: nil, createdAt: Date())
            }
            _ = try await stripe.gateway.refund(refund(), of: payment)
            let error = await #expect(throws: GatewayError.self) {
                try await stripe.gateway.refund(refund(), of: payment)
            }
            guard case .refused(code: "charge_already_refunded", _, _) = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }

    @Test("A wrong key is neither a crash nor a refusal of the payment")
    func wrongKey() async throws {
        try await SandboxStripe.open { stripe in
            let other = StripeGateway(
                baseURL: stripe.base + "/stripe", secretKey: Secret("sk_test_wrong"),
                transport: HTTPTransport(client: stripe.http), timing: .system, logger: silent)
            let error = await #expect(throws: GatewayError.self) { try await other.open(request(fresh())) }
            guard case .credentialsRefused = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }

    @Test("From checkout to refund, Stripe's own events in any order and number leave both ledgers equal")
    func endToEnd() async throws {
        try await SandboxStripe.open { stripe in
            try await Till.open { till in
                let gateways = GatewayRegistry([stripe.gateway(recordingIn: till)])
                let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
                let started = try await till.checkout(order.id, through: gateways)
                let session = try #require(try await till.payment(started.paymentID).sessionReference)
                try await stripe.press("fail", on: session)
                try await stripe.press("pay", on: session)
                var payment = try await till.payment(started.paymentID)
                payment.reference = try await stripe.gateway.read(payment, for: .system)?.reference
                let refund = Refund(
                    id: ID(uuid: UUID()), paymentID: payment.id, orderID: payment.orderID, origin: .operator,
                    reason: "",
                    amount: Money(minorUnits: 20_000, currency: .bdt), state: .requested, reference: nil,
                    createdAt: Date())
                let made = try await stripe.gateway.refund(refund, of: payment)
                let rows = try await stripe.gateway.balanceRows(of: made.reference)
                #expect(rows.map(\.amount.minorUnits) == [-20_000])
                #expect(rows.allSatisfy { Int($0.createdAt.timeIntervalSince1970) >= SandboxStripe.start })
                #expect(try await stripe.gateway.balanceRows(of: "dp_unknown").isEmpty)

                let since = Date(timeIntervalSince1970: TimeInterval(SandboxStripe.start - 60))
                let page = try await stripe.gateway.events(since: since)
                #expect(!page.hasMore)
                #expect(
                    Set(page.events.map(\.type)).isSuperset(of: [
                        "checkout.session.completed", "payment_intent.succeeded", "payment_intent.payment_failed",
                    ]))
                for (number, event) in (page.events + page.events).shuffled().enumerated() {
                    try await till.process(
                        event.body, type: event.type, id: "\(event.id)_\(number)", gateways: gateways)
                }
                let after = try await till.payment(payment.id)
                #expect(after.state == .partiallyRefunded)
                #expect(after.refunded == made.amount)
                #expect(try await till.market.order(order.id).paymentState == .partiallyRefunded)
                #expect(try await till.balance(.clearing(.stripe)) == 100_000)
                #expect(try await till.imbalance() == 0)
                let calls = try await till.client.queryValues(
                    "SELECT evidence::text FROM gateway_calls WHERE subject = \("\(payment.id)")", as: String.self)
                #expect(calls.contains { $0.contains("checkout_sessions.create") })
                #expect(!calls.contains { $0.contains(SandboxStripe.key) || $0.contains("buyer") })
            }
        }
    }
}
