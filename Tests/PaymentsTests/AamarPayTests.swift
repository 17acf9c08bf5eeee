import Catalog
import CommerceTestSupport
import Core
import Foundation
import Orders
import Outbound
import Testing
import Webhooks

@testable import Payments

/// What is peculiar to this provider, beside the scenarios that all go through.
@Suite("aamarPay")
struct AamarPayTests {
    private func withBench(
        _ sandbox: String = "{}", _ body: @escaping @Sendable (ConformanceBench, SandboxServer) async throws -> Void
    ) async throws {
        try await ConformanceBench.open(AamarPayStage.self) { bench in
            let server = try #require(bench.stage as? AamarPayStage).server
            try await server.control("aamarpay", "settings", sandbox)
            try await body(bench, server)
        }
    }

    @Test("A relative page lies on the API's own host, whatever its address")
    func relativePage() async throws {
        try await withBench(#"{"relative_url":true}"#) { bench, server in
            let payment = try await bench.opened()
            let page = try #require(payment.redirectURL)
            #expect(page.hasPrefix(server.base + "/aamarpay/paymentprocess.php?track="))
            let shown = try await server.send("GET", String(page.dropFirst(server.base.count)))
            #expect(shown.status == 200)
        }
    }

    @Test(
        "An address that leads elsewhere is none",
        arguments: [
            "//evil.example/pay", "javascript:alert(1)", "http://secure.aamarpay.com/pay", "ftp://secure.aamarpay.com/",
            "/\\evil.example", "", "pay me",
        ])
    func evilPage(text: String) {
        #expect(throws: MalformedEvent.self) { try PaymentPage.url(UTF8Text(text), at: "https://secure.aamarpay.com") }
    }

    @Test("A page's address is kept where it is absolute, and else put behind host or folder")
    func pages() throws {
        let base = "https://secure.aamarpay.com/sub"
        #expect(try PaymentPage.url("https://pay.example/a?b=c", at: base) == "https://pay.example/a?b=c")
        #expect(try PaymentPage.url("/a?u=http://x", at: base) == "https://secure.aamarpay.com/a?u=http://x")
        #expect(try PaymentPage.url("a.php?track=1", at: base) == "https://secure.aamarpay.com/sub/a.php?track=1")
        #expect(try PaymentPage.url("/a", at: "https://secure.aamarpay.com") == "https://secure.aamarpay.com/a")
    }

    @Test("A number has 32 characters, another one for each attempt, and is read again")
    func numbers() throws {
        let id = ID<Payment>(uuid: UUID())
        var texts: Set<String> = []
        for attempt in 1...1_023 {
            let number = try AttemptNumber(id, attempt: attempt)
            #expect(number.text.utf8.count == 32)
            #expect(AttemptNumber(number.text) == number)
            texts.insert(number.text)
        }
        #expect(texts.count == 1_023)
        #expect(throws: GatewayError.self) { try AttemptNumber(id, attempt: 1_024) }
        #expect(AttemptNumber("\(id)00") == nil && AttemptNumber("\(id)") == nil && AttemptNumber("\(id)0u") == nil)
    }

    @Test(
        "Where the answer to an opening was lost, the next one opens under another number",
        arguments: ["lose_answer", "error_after"])
    func lostOpening(fault: String) async throws {
        try await withBench { bench, _ in
            let order = try await bench.till.market.place((bench.till.market.licence(keys: 1), 1)).order
            #expect(try await bench.stage.disturb(.open, fault))
            let lost = await #expect(throws: Problem.self) {
                try await bench.till.checkout(order.id, through: bench.gateways, at: bench.name)
            }
            #expect(lost?.status == 503)
            let started = try await bench.till.checkout(order.id, through: bench.gateways, at: bench.name)
            let payment = try await bench.till.payment(started.paymentID)
            let second = try AttemptNumber(payment.id, attempt: 2).text
            #expect(payment.attempt == 2 && payment.state == .pending && payment.sessionReference == second)
            _ = try await bench.comeBack(to: payment, with: try await bench.stage.pay(payment))
            #expect(try await bench.till.payment(payment.id).state == .captured)
        }
    }

    @Test(
        "Credentials that are refused are told apart, as a text, an object or a page",
        arguments: ["string", "object", "html"])
    func refusedCredentials(shape: String) async throws {
        try await withBench(#"{"refusal":"\#(shape)"}"#) { bench, _ in
            let wrong = try bench.gateway(bench.stage.wrongSettings)
            let order = try await bench.till.market.place((bench.till.market.licence(keys: 1), 1)).order
            let problem = await #expect(throws: Problem.self) {
                try await bench.till.checkout(order.id, through: GatewayRegistry([wrong]), at: bench.name)
            }
            #expect(problem?.type == "payment-provider-unavailable")
            let payment = try #require(try await PaymentStore().payments(of: order.id, in: bench.till.client).first)
            #expect(payment.state == .created)
            let started = try await bench.till.checkout(order.id, through: bench.gateways, at: bench.name)
            #expect(started.paymentID == payment.id)
            let error = await #expect(throws: GatewayError.self) {
                try await wrong.read(try await bench.till.payment(payment.id), for: .system)
            }
            guard case .credentialsRefused = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }

    @Test("A page of the machinery is no refusal: nobody knows what happened")
    func pageInstead() async throws {
        let answer = OutboundAnswer(
            response: OutboundResponse(status: 200, body: Array("<html>Down for maintenance</html>".utf8)),
            evidence: StubGateway.call)
        guard case .unknown = AamarPayRefusal(answer).error(opening: true),
            case .unavailable = AamarPayRefusal(answer).error(opening: false)
        else {
            Issue.record("a page was believed")
            return
        }
    }

    @Test("An unknown number is nothing, in every shape", arguments: ["object", "array", "status"])
    func unknown(shape: String) async throws {
        try await withBench(#"{"unknown":"\#(shape)","found_in_array":true}"#) { bench, _ in
            var payment = try await bench.opened()
            #expect(try await bench.gateway.read(payment, for: .system)?.status == .pending)
            payment.sessionReference = try AttemptNumber(payment.id, attempt: 9).text
            #expect(try await bench.gateway.read(payment, for: .system) == nil)
        }
    }

    @Test("An order in dollars is compared in dollars, although aamarPay counts it in taka")
    func dollars() async throws {
        try await withBench { bench, _ in
            let market = bench.till.market
            let variant = NewVariant(sku: "AV-9", kind: .licenceKey, price: Money(minorUnits: 4_000, currency: .usd))
            let product = try await market.product(of: try await market.vendor(), variant)
            try await market.importKeys(["K-1"], into: product.variants[0])
            let order = try await market.place((product.variants[0], 1)).order
            let started = try await bench.till.checkout(order.id, through: bench.gateways, at: bench.name)
            let payment = try await bench.till.payment(started.paymentID)
            _ = try await bench.comeBack(to: payment, with: try await bench.stage.pay(payment))
            let after = try await bench.till.payment(payment.id)
            #expect(after.state == .captured && after.amount == Money(minorUnits: 4_000, currency: .usd))
            #expect(after.report?["statement"]?.textValue == "Successful 2")
        }
    }

    @Test("It takes taka and dollars, and says so of what it does not take")
    func currencies() async throws {
        try await withBench { bench, _ in
            let gateway = try bench.gateway
            #expect(gateway.objection(to: Money(minorUnits: 1, currency: .usd)) == nil)
            #expect(gateway.objection(to: Money(minorUnits: 1, currency: try Currency("EUR")))?.isEmpty == false)
        }
    }

    @Test("What a browser posts captures nothing; a declined customer goes back to the shop, and may try again in time")
    func declined() async throws {
        try await withBench { bench, _ in
            let payment = try await bench.opened()
            var lie = try await bench.stage.decline(payment)
            #expect(try await bench.comeBack(to: payment, with: lie) == payment.cancelURL)
            #expect(try await bench.till.payment(payment.id).state == .pending)
            lie["pay_status"] = "Successful"
            lie["status_code"] = "2"
            #expect(try await bench.comeBack(to: payment, with: lie) == payment.successURL)
            #expect(try await bench.till.payment(payment.id).state == .pending)
            bench.till.market.clock.advance(by: payment.sessionExpiresAt.timeIntervalSince(bench.till.market.clock.now))
            #expect(try await bench.comeBack(to: payment, with: [:]) == payment.cancelURL)
            #expect(try await bench.till.payment(payment.id).state == .expired)
        }
    }

    @Test("What is paid when its time was over is a late capture, not lost")
    func late() async throws {
        try await withBench { bench, _ in
            let payment = try await bench.opened()
            bench.till.market.clock.advance(by: 3_600)
            _ = try await bench.comeBack(to: payment, with: [:])
            #expect(try await bench.till.payment(payment.id).state == .expired)
            _ = try await bench.stage.pay(payment)
            for push in try await bench.stage.pushes() { try await bench.receive(push) }
            #expect(try await bench.till.payment(payment.id).state == .captured)
        }
    }

    @Test("Who gives no telephone number can't be charged where the store names none")
    func phone() async throws {
        try await withBench { bench, _ in
            let settings = bench.stage.settings.filter { $0.key != "HAAT_AAMARPAY_CONTACT_PHONE" }
            let order = try await bench.till.market.place((bench.till.market.licence(keys: 1), 1)).order
            let problem = await #expect(throws: Problem.self) {
                try await bench.till.checkout(
                    order.id, through: GatewayRegistry([try bench.gateway(settings)]), at: bench.name)
            }
            #expect(problem?.type == "payment-refused" && problem?.detail?.contains("telephone") == true)
        }
    }

    @Test(
        "A notification is known by its bytes; one of somebody else's order is kept and asks nobody, a blank one is refused"
    )
    func notifications() throws {
        let verifier = UnsignedPushVerifier(numberField: AamarPayMapping.number)
        let number = try AttemptNumber(ID(uuid: UUID()), attempt: 1).text
        func verify(_ text: String) throws(WebhookRejection) -> VerifiedEvent {
            try verifier.verify(.init(), body: Array(text.utf8))
        }
        let form = try verify("mer_txnid=\(number)&pay_status=Pending")
        #expect(try verify("mer_txnid=\(number)&pay_status=Pending") == form)
        #expect(try verify("mer_txnid=\(number)&pay_status=Successful").id != form.id)
        let json = try verify(#"{"mer_txnid":"\#(number)"}"#)
        #expect(verifier.isRelevant(form.type) && verifier.isRelevant(json.type))
        let foreign = try verify("mer_txnid=WC_1")
        #expect(!verifier.isRelevant(foreign.type))
        #expect(throws: WebhookRejection.self) { try verify("pay_status=Successful") }
        #expect(throws: WebhookRejection.self) { try verify(#"{"mer_txnid":7}"#) }
        #expect(throws: WebhookRejection.self) {
            try verify("mer_txnid=\(number)&a=" + String(repeating: "b", count: 16_384))
        }
    }

    @Test("The published store does not start at the live address")
    func liveAddress() throws {
        var settings = ["HAAT_AAMARPAY_STORE_ID": "aamarpaytest", "HAAT_AAMARPAY_SIGNATURE_KEY": "key"]
        let error = #expect(throws: ConfigurationError.self) {
            try ConformanceBench.read(settings, of: AamarPayProvider.self)
        }
        #expect(error?.failures.first?.hasPrefix("HAAT_AAMARPAY_STORE_ID is the store that aamarPay publishes") == true)
        settings["HAAT_AAMARPAY_BASE_URL"] = "https://sandbox.aamarpay.com"
        #expect(throws: Never.self) { try ConformanceBench.read(settings, of: AamarPayProvider.self) }
    }
}
