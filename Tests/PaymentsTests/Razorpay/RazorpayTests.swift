import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Outbound
import Postgres
import TestSupport
import Testing
import Webhooks

@testable import Payments

/// What is peculiar to Razorpay, beside the scenarios that all go through.
@Suite("Razorpay")
struct RazorpayTests {
    @Test("The checkout page's signature is the official client's, and of no other order, payment or secret")
    func checkoutVector() {
        let (order, payment, secret) = (RazorpayVectors.order, RazorpayVectors.payment, Secret(RazorpayVectors.secret))
        let signature = RazorpayVectors.checkoutSignature
        #expect(RazorpaySignature.isCheckout(signature, order: order, payment: payment, keySecret: secret))
        #expect(!RazorpaySignature.isCheckout(signature, order: payment, payment: order, keySecret: secret))
        #expect(!RazorpaySignature.isCheckout(signature, order: order, payment: payment, keySecret: Secret("other")))
        #expect(!RazorpaySignature.isCheckout("test_signature", order: order, payment: payment, keySecret: secret))
        #expect(!RazorpaySignature.isCheckout("", order: order, payment: payment, keySecret: secret))
    }

    @Test("A push is proven as the official client proves it, by any active secret, and not with one byte changed")
    func webhookVector() throws {
        let verifier = RazorpayVerifier(secrets: ["an older one", RazorpayVectors.secret])
        let headers = ["x-razorpay-signature": RazorpayVectors.webhookSignature, "x-razorpay-event-id": "evt_1"]
        let claim = try verifier.claim(header: { headers[$0] }, now: Date())
        var body = Array(RazorpayVectors.webhookBody.utf8)
        #expect(try verifier.verify(claim, body: body) == VerifiedEvent(id: "evt_1", type: "payment.authorized"))
        body[200] ^= 1
        let changed = body
        #expect(throws: WebhookRejection.signatureMismatch) { _ = try verifier.verify(claim, body: changed) }
        let other = RazorpayVerifier(secrets: ["another"])
        #expect(throws: WebhookRejection.signatureMismatch) {
            _ = try other.verify(claim, body: Array(RazorpayVectors.webhookBody.utf8))
        }
    }

    @Test(
        "A push without signature or id is refused by its head",
        arguments: [
            [:], ["x-razorpay-event-id": "evt_1"], ["x-razorpay-signature": "zz", "x-razorpay-event-id": "evt_1"],
            ["x-razorpay-signature": "abcd", "x-razorpay-event-id": "evt_1"],
            ["x-razorpay-signature": RazorpayVectors.webhookSignature],
            ["x-razorpay-signature": RazorpayVectors.webhookSignature, "x-razorpay-event-id": "a b"],
        ])
    func head(headers: [String: String]) {
        let verifier = RazorpayVerifier(secrets: [RazorpayVectors.secret])
        #expect(throws: WebhookRejection.self) { _ = try verifier.claim(header: { headers[$0] }, now: Date()) }
    }

    @Test("The signed triple of another order's payment captures nothing here, though its signature is genuine")
    func foreignTriple() async throws {
        try await Self.bench { bench, stage in
            let (payment, other) = (try await bench.opened(), try await bench.opened())
            let fields = try await stage.pay(other)
            #expect(fields["razorpay_signature"]?.isEmpty == false)
            _ = try await bench.comeBack(to: payment, with: fields)
            #expect(try await bench.till.payment(payment.id).state == .pending)
        }
    }

    @Test("A payment that failed and that the bank authorises later is captured all the same")
    func lateAuthorisation() async throws {
        try await Self.bench { bench, stage in
            let payment = try await bench.opened()
            let attempt = try await stage.attempt(payment, #""outcome":"late""#)
            for push in try await stage.pushes() { try await bench.receive(push) }
            #expect(try await bench.till.payment(payment.id).state == .pending)
            try await stage.server.control("razorpay", "payments/authorize", #"{"payment":"\#(attempt)"}"#)
            for push in try await stage.pushes().shuffled() { try await bench.receive(push) }
            let after = try await bench.till.payment(payment.id)
            #expect(after.state == .captured && after.reference == attempt)
            #expect(try await bench.till.balance(.clearing(bench.name)) == 120_000)
        }
    }

    @Test("What the bank authorised and the account does not capture by itself is captured by us, once")
    func captures() async throws {
        try await Self.bench { bench, stage in
            let payment = try await bench.opened()
            try await stage.attempt(payment, #""capture":false"#)
            for push in try await stage.pushes() { try await bench.receive(push) }
            #expect(try await bench.till.payment(payment.id).state == .authorised)
            let verify = VerifyPayment(postgres: bench.till.client, gateways: bench.gateways, book: bench.till.book)
            for _ in 0..<2 {
                #expect(try await verify(payment.id, for: .system, in: bench.till.market.queue).state == .captured)
            }
            #expect(try await stage.api("GET", "orders/\(payment.sessionReference ?? "")")["status"] == "paid")
        }
    }

    @Test("Authorised money of a cancelled order is not captured")
    func letsGo() async throws {
        try await Self.bench { bench, stage in
            let payment = try await bench.opened()
            let attempt = try await stage.attempt(payment, #""capture":false"#)
            try await bench.till.market.cancel(payment.orderID)
            let verify = VerifyPayment(postgres: bench.till.client, gateways: bench.gateways, book: bench.till.book)
            #expect(try await verify(payment.id, for: .system, in: bench.till.market.queue).state == .authorised)
            #expect(try await stage.api("GET", "payments/\(attempt)")["status"] == "authorized")
        }
    }

    @Test("A second payment of a paid order that is only authorised is nobody's, and goes back without a booking")
    func secondAuthorised() async throws {
        try await Self.bench { bench, stage in
            let payment = try await bench.captured()
            try await stage.attempt(payment, #""outcome":"success""#)
            try await stage.server.control("razorpay", "advance", #"{"seconds":300000}"#)
            for push in try await stage.pushes() { try await bench.receive(push) }
            let after = try await bench.till.payment(payment.id)
            #expect(after.state == .captured && after.conflict == nil)
            #expect(try await bench.till.balance(.clearing(bench.name)) == 120_000)
            #expect(try await bench.till.count("refunds") == 0)
        }
    }

    @Test("A second payment of one order that was captured is kept beside the first, and sent back, once")
    func secondCaptured() async throws {
        try await Self.bench { bench, stage in
            let payment = try await bench.captured()
            let first = try #require(payment.reference)
            let entity =
                #"{"id":"pay_second00000001","entity":"payment","amount":120000,"currency":"BDT","status":"captured","captured":true,"order_id":"\#(payment.sessionReference ?? "")","notes":[],"created_at":1800000100}"#
            // The stand-in never captures twice: Razorpay's word for it comes from here.
            let gateway = TwiceCapturing(bench.gateways, second: entity)
            let push = RazorpayStage.push("payment.captured", #"{"payment":{"entity":\#(entity)}}"#)
            for _ in 0..<3 { try await bench.receive(push, gateways: GatewayRegistry([gateway])) }
            #expect(try await bench.till.payment(payment.id).reference == first)
            let both = try await PaymentStore().payments(of: payment.orderID, in: bench.till.client)
            #expect(both.count == 2)
            let second = try #require(both.first { $0.id != payment.id })
            #expect(
                second.state == .captured && second.settlement == .customer && second.reference == "pay_second00000001")
            let refunds = try await RefundStore().refunds(of: second.id, in: bench.till.client)
            #expect(refunds.map(\.origin) == [.automatic] && refunds.map(\.amount) == [second.amount])
            #expect(try await bench.till.balance(.clearing(bench.name)) == 240_000)
            #expect(try await bench.till.balance(.refundsDue) == -120_000)
            #expect(try await bench.till.imbalance() == 0)
        }
    }

    @Test("An order whose making was answered by nobody is found again by its receipt, and not made twice")
    func lostOrder() async throws {
        try await Self.bench { bench, stage in
            _ = try await stage.disturb(.open, "lose_answer")
            let payment = try await bench.opened()
            #expect(payment.state == .pending)
            let orders = try await stage.api("GET", "orders?count=100")["items"]?.arrayValue ?? []
            #expect(orders.map { $0["id"]?.textValue?.string } == [payment.sessionReference])
        }
    }

    @Test("A refund that is pending succeeds later, and one that fails afterwards is ours again")
    func refundStates() async throws {
        try await Self.bench { bench, stage in
            let payment = try await bench.captured()
            try await stage.server.control("razorpay", "outcomes", #"{"refund":"pending"}"#)
            let refund = Refund(
                id: ID(uuid: bench.till.market.ids.next()), paymentID: payment.id, orderID: payment.orderID,
                origin: .operator, reason: "test", amount: Money(minorUnits: 20_000, currency: .bdt), state: .requested,
                createdAt: bench.till.market.clock.now)
            let gateway = try #require(try bench.gateway as? any RefundingGateway)
            let asked = try await gateway.refund(refund, of: payment)
            #expect(asked.status == .pending && asked.refundID == refund.id)
            // The same key has its effect once.
            #expect(try await gateway.refund(refund, of: payment).reference == asked.reference)
            try await stage.server.control("razorpay", "advance", #"{"seconds":100000}"#)
            #expect(try await Self.refunds(bench, payment).map(\.status) == [.succeeded])
            try await stage.server.control("razorpay", "refunds/fail", #"{"refund":"\#(asked.reference)"}"#)
            #expect(try await Self.refunds(bench, payment).map(\.status) == [.failed])
        }
    }

    private static func refunds(_ bench: ConformanceBench, _ payment: Payment) async throws -> [RefundReport] {
        try await bench.gateway.knownRefunds(of: payment, for: .system)
    }

    @Test("A dispute is listed with its payment; lost, its amount is gone; its pushes say the same")
    func disputes() async throws {
        try await Self.bench { bench, stage in
            let payment = try await bench.captured()
            let reference = try #require(payment.reference)
            try await stage.server.control("razorpay", "disputes", #"{"payment":"\#(reference)"}"#)
            let open = try await bench.gateway.knownDisputes(of: payment, for: .system)
            #expect(open.map(\.status) == ["open"] && open.map(\.funds) == [.untouched])
            let deadline = Date(timeIntervalSince1970: TimeInterval(SandboxServer.start + 7 * 86_400))
            #expect(open.first?.respondBy == deadline)
            let dispute = try #require(open.first?.disputeReference)
            try await stage.server.control(
                "razorpay", "disputes/decide", #"{"dispute":"\#(dispute)","status":"lost"}"#)
            for push in try await stage.pushes() { try await bench.receive(push) }
            let known = try await DisputeStore().disputes(of: payment.id, in: bench.till.client)
            #expect(known.map(\.status) == ["lost"] && known.map(\.funds.taken) == [120_000])
            #expect(try await bench.till.balance(.clearing(bench.name)) == 0)
            #expect(try await bench.till.imbalance() == 0)
        }
    }

    @Test("A refusal is read in each of its shapes", arguments: ["object", "string", "message"])
    func errorShapes(shape: String) async throws {
        try await Self.bench { bench, stage in
            let payment = try await bench.opened()
            try await stage.server.control("razorpay", "settings", #"{"error_shape":"\#(shape)"}"#)
            try await stage.server.disturb("razorpay", "GET /v1/orders", "error_before", times: 9)
            let error = await #expect(throws: GatewayError.self) { try await bench.gateway.read(payment, for: .system) }
            #expect(error?.isSilence == true)
        }
        let bodies = [
            "object": #"{"error":{"code":"BAD_REQUEST_ERROR","description":"no"}}"#, "string": #""no""#,
            "message": #"{"message":"no"}"#,
        ]
        let refusal = RazorpayRefusal.read(OutboundResponse(status: 400, body: Array((bodies[shape] ?? "").utf8)))
        #expect(refusal.message == "no")
    }

    @Test("A payment's notes may be an object or an empty list, and whatever they say is not believed")
    func notes() throws {
        let mapping = RazorpayMapping(gateway: GatewayName(rawValue: "razorpay"), merchantAccount: "test")
        for notes in ["[]", "{}", #"{"payment_id":"pay_01hzy3v7v6e4v9v0e6k4q8s2m3"}"#, "null"] {
            let payment = try ProviderObject(
                parsing: Array(
                    #"{"id":"pay_1","amount":100,"currency":"INR","status":"captured","captured":true,"order_id":"order_1","notes":\#(notes)}"#
                        .utf8), path: "payment")
            let report = try mapping.report(of: payment, source: .webhook(eventID: "evt_1"))
            #expect(report.paymentID == nil && report.sessionReference == "order_1" && report.reference == "pay_1")
        }
    }

    @Test("A live key is not told to a sandbox, and a key of no mode is none")
    func keys() {
        #expect(RazorpayProvider.objection(keyID: "rzp_live_a", baseURL: "http://127.0.0.1:8090/razorpay") != nil)
        #expect(RazorpayProvider.objection(keyID: "rzp_live_a", baseURL: "https://api.razorpay.com") == nil)
        #expect(RazorpayProvider.objection(keyID: "rzp_test_a", baseURL: "https://api.razorpay.com") == nil)
        #expect(RazorpayProvider.objection(keyID: "key", baseURL: "https://api.razorpay.com") != nil)
        let error = #expect(throws: ConfigurationError.self) {
            try ConformanceBench.read(
                [
                    "HAAT_RAZORPAY_KEY_ID": "rzp_live_abc", "HAAT_RAZORPAY_KEY_SECRET": "x",
                    "HAAT_RAZORPAY_WEBHOOK_SECRETS": TestSecrets.webhookSecret,
                    "HAAT_RAZORPAY_BASE_URL": "http://127.0.0.1:8090/razorpay",
                ], of: RazorpayProvider.self)
        }
        #expect(error?.failures.count == 1 && error?.failures.first?.contains("live key") == true)
    }

    static func bench(
        _ body: @Sendable @escaping (ConformanceBench, RazorpayStage) async throws -> Void
    ) async throws {
        try await RazorpayStage.play { stage in
            try await Till.open { try await body(ConformanceBench(till: $0, stage: stage), stage) }
        }
    }
}

/// Razorpay as it is, but for one payment that it says it captured as well.
private struct TwiceCapturing: PaymentGateway {
    private let gateway: any PaymentGateway
    private let second: String

    init(_ gateways: GatewayRegistry, second: String) {
        gateway = gateways.all[0]
        self.second = second
    }

    var name: GatewayName { gateway.name }
    var merchantAccount: String { gateway.merchantAccount }
    var sessionLifetime: ClosedRange<TimeInterval> { gateway.sessionLifetime }
    var lacking: [GatewayCapability: String] { [:] }

    func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession {
        try await gateway.open(request)
    }

    func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        guard payment.reference == "pay_second00000001" else { return try await gateway.read(payment, for: actor) }
        return try GatewayError.reading { () throws(MalformedEvent) in
            try RazorpayMapping(gateway: name, merchantAccount: merchantAccount).report(
                of: try ProviderObject(parsing: Array(second.utf8), path: "payment"), source: .read(actor))
        }
    }

    func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning { try gateway.interpret(push) }
}
