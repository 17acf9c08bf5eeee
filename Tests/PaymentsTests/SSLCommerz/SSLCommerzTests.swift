import CommerceTestSupport
import Core
import Crypto
import Foundation
import Jobs
import Orders
import Outbound
import Postgres
import Testing
import Webhooks

@testable import Payments

/// A marketplace that is paid through SSLCommerz, and its stand-in.
private struct Bench: Sendable {
    let bench: ConformanceBench
    let stage: SSLCommerzStage

    var till: Till { bench.till }

    static func open<R: Sendable>(_ body: @Sendable (Bench) async throws -> R) async throws -> R {
        try await SSLCommerzStage.play { stage in
            try await Till.open { till in
                try await body(Bench(bench: try ConformanceBench(till: till, stage: stage), stage: stage))
            }
        }
    }

    var gateway: SSLCommerzGateway {
        get throws { try #require(bench.gateways.all.first as? SSLCommerzGateway) }
    }

    func control(_ command: String, _ json: String) async throws {
        try await stage.server.control("sslcommerz", command, json)
    }

    func payment(_ payment: Payment) async throws -> Payment { try await till.payment(payment.id) }

    /// The notification that came last, of so many.
    func push(_ number: Int) async throws -> SentPush {
        try #require(try await stage.catcher.pushes(atLeast: number).last)
    }

    func refund(_ payment: Payment, _ units: Int64) async throws -> Refund {
        let wish = NewRefund(paymentID: payment.id, amount: Money(minorUnits: units, currency: .bdt), reason: "test")
        return try await till.market.queue.withUnitOfWork {
            try await CreateRefund(gateways: bench.gateways, book: till.book)(wish, by: .system, in: $0)
        }
    }
}

@Suite("SSLCommerz")
struct SSLCommerzTests {
    @Test("A payment that SSLCommerz finds risky is held: money is there, nothing is given out")
    func risky() async throws {
        try await Bench.open { bench in
            let payment = try await bench.bench.opened()
            try await bench.stage.pay(payment, "risky")
            try await bench.bench.receive(try await bench.push(1))
            #expect(try await bench.payment(payment).state == .authorised)
            #expect(try await !bench.till.market.order(payment.orderID).isPaid)
        }
    }

    @Test("What the bank takes its time over stays open until it is decided", arguments: ["success", "failed"])
    func pending(end: String) async throws {
        try await Bench.open { bench in
            let payment = try await bench.bench.opened()
            let fields = try await bench.stage.pay(payment, "pending")
            #expect(try await bench.bench.comeBack(to: payment, with: fields) == payment.successURL)
            #expect(try await bench.payment(payment).state == .pending)
            let number = SSLCommerzForm.transaction(payment.id, attempt: 1)
            try await bench.control("settle", #"{"tran_id":"\#(number)","outcome":"\#(end)"}"#)
            try await bench.bench.receive(try await bench.push(1))
            #expect(try await bench.payment(payment).state == (end == "success" ? .captured : .failed))
        }
    }

    @Test("A decline ends the payment; what its customer pays in the same session all the same counts")
    func late() async throws {
        try await Bench.open { bench in
            let payment = try await bench.bench.opened()
            let declined = try await bench.stage.pay(payment, "failed")
            #expect(try await bench.bench.comeBack(to: payment, with: declined) == payment.cancelURL)
            #expect(try await bench.payment(payment).state == .failed)
            try await bench.stage.pay(payment, "success")
            try await bench.bench.receive(try await bench.push(2))
            #expect(try await bench.payment(payment).state == .captured)
        }
    }

    @Test("Money that came twice pays once, and the second payment is noted as one that does not fit")
    func twice() async throws {
        try await Bench.open { bench in
            let payment = try await bench.bench.captured()
            let again = #"{"sessionkey":"\#(payment.sessionReference ?? "")","outcome":"success"}"#
            try await bench.control("payments", again)
            try await bench.bench.receive(try await bench.push(2))
            let after = try await bench.payment(payment)
            #expect(after.state == .captured && after.conflict?.contains("240000 BDT instead of 120000 BDT") == true)
            #expect(try await bench.till.balance(.clearing(.sslcommerz)) == 120_000)
        }
    }

    @Test("Amounts may be texts or numbers", arguments: ["string", "number"])
    func amounts(shape: String) async throws {
        try await Bench.open { bench in
            try await bench.control("settings", #"{"amounts":"\#(shape)"}"#)
            let payment = try await bench.bench.captured()
            #expect(payment.state == .captured)
            #expect(try await bench.gateway.read(payment, for: .system)?.statement == "VALIDATED")
        }
    }

    @Test(
        "An order in dollars is compared in dollars, whatever it is in taka, and a part of it refunded as such a part")
    func dollars() async throws {
        try await Bench.open { bench in
            let request = Self.request(Money(minorUnits: 4_000, currency: .usd))
            let session = try await bench.gateway.open(request)
            let payment = Self.payment(of: request, session)
            try await bench.stage.pay(payment)
            let report = try #require(try await bench.gateway.read(payment, for: .system))
            #expect(report.status == .captured && report.amount == request.amount)
            let settled = try #require(try await bench.gateway.transactions(of: payment).first)
            #expect(settled.settled.minorUnits == 486_000)
            #expect(settled.settlement(of: Money(minorUnits: 1_000, currency: .usd))?.minorUnits == 121_500)
            #expect(settled.settlement(of: Money(minorUnits: 4_001, currency: .usd)) == nil)
            #expect(settled.settlement(of: Money(minorUnits: 1_000, currency: .bdt)) == nil)
        }
    }

    private static func request(_ amount: Money) -> CheckoutRequest {
        let now = Date()
        return CheckoutRequest(
            paymentID: ID(uuid: UUID()), orderID: ID(uuid: UUID()), attempt: 1, amount: amount,
            lines: [CheckoutRequest.Line(name: "Key", unitPrice: amount, quantity: 1)], customer: Fixture.customer,
            shippingAddress: nil, callbackURL: "https://haat.test/payments/x/return",
            handoverURL: "https://haat.test/payments/x/checkout",
            successURL: "https://shop.test/ok", cancelURL: "https://shop.test/no", expiresAt: now + 1_800)
    }

    private static func payment(of request: CheckoutRequest, _ session: CheckoutSession) -> Payment {
        let now = Date()
        return Payment(
            id: request.paymentID, orderID: request.orderID, demandID: ID(uuid: UUID()), gateway: .sslcommerz,
            merchantAccount: "test", state: .pending, amount: request.amount, refunded: .zero(request.amount.currency),
            settlement: nil, attempt: 1, sessionReference: session.sessionReference, reference: nil,
            redirectURL: session.redirectURL, successURL: request.successURL, cancelURL: request.cancelURL,
            sessionExpiresAt: request.expiresAt, version: 1, createdAt: now, updatedAt: now)
    }

    @Test("Its number of a transaction has room for the payment and the attempt, and leads back to the payment")
    func numbers() {
        let id = ID<Payment>(uuid: UUID())
        let number = SSLCommerzForm.transaction(id, attempt: 999)
        #expect(number.utf8.count == 30 && SSLCommerzForm.paymentID(of: number) == id)
        #expect(SSLCommerzForm.paymentID(of: "INV-1") == nil && SSLCommerzForm.paymentID(of: "") == nil)
    }

    @Test("A refund that takes its time is pending, and its end is asked for")
    func slowRefund() async throws {
        try await Bench.open { bench in
            try await bench.control("settings", #"{"refund_after":3600}"#)
            let payment = try await bench.bench.captured()
            let refund = try await bench.refund(payment, 20_000)
            #expect(try await bench.gateway.refund(refund, of: payment).status == .pending)
            try await bench.control("advance", #"{"seconds":3601}"#)
            try await bench.control("clock", #"{"freeze":\#(SandboxServer.start + 3_601)}"#)
            let refunds = try await bench.gateway.refunds(of: payment, for: .system)
            #expect(refunds.map(\.status) == [.succeeded] && refunds.map(\.refundID) == [refund.id])
        }
    }

    @Test(
        "A refund whose answer was lost is not concluded from a refusal to repeat it", arguments: ["replay", "reject"])
    func lostRefund(repeated: String) async throws {
        try await Bench.open { bench in
            try await bench.control("settings", #"{"repeated_refund":"\#(repeated)"}"#)
            let payment = try await bench.bench.captured()
            let refund = try await bench.refund(payment, 20_000)
            _ = try await bench.stage.disturb(.refund, "lose_answer")
            await #expect(throws: GatewayError.self) { try await bench.gateway.refund(refund, of: payment) }
            if repeated == "replay" {
                let report = try await bench.gateway.refund(refund, of: payment)
                #expect(report.status == .succeeded && report.refundID == refund.id)
                #expect(try await bench.gateway.refund(refund, of: payment) == report)
            } else {
                let error = await #expect(throws: GatewayError.self) {
                    try await bench.gateway.refund(refund, of: payment)
                }
                guard case .unknown = error else {
                    Issue.record("got \(String(describing: error))")
                    return
                }
            }
        }
    }

    @Test("A refund from an address that is not let in is refused with the reason")
    func refusedRefund() async throws {
        try await Bench.open { bench in
            let payment = try await bench.bench.captured()
            let refund = try await bench.refund(payment, 20_000)
            try await bench.control("outcomes", #"{"refund":"failed"}"#)
            let error = await #expect(throws: GatewayError.self) {
                try await bench.gateway.refund(refund, of: payment)
            }
            guard case .refused(_, let message, _) = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
            #expect(message.contains("IP address"))
        }
    }

    @Test("The store's password stands in no evidence, though every address holds it")
    func masked() async throws {
        try await Bench.open { bench in
            let settings = try ConformanceBench.read(bench.stage.settings, of: SSLCommerzProvider.self)
            let calls = GatewayCallLog(
                postgres: bench.till.client, ids: bench.till.market.ids, clock: bench.till.market.clock, logger: silent)
            let gateways = settings.registry(
                transport: bench.stage.transport, timing: .unhurried(at: bench.till.market.clock), calls: calls,
                memory: bench.till.memory,
                logger: silent)
            let order = try await bench.till.market.place((bench.till.market.licence(keys: 1), 1)).order
            let started = try await bench.till.checkout(order.id, through: gateways, at: .sslcommerz)
            let payment = try await bench.till.payment(started.paymentID)
            try await bench.stage.pay(payment)
            #expect(try await gateways.all.first?.read(payment, for: .system)?.status == .captured)
            let evidence = try await bench.till.owner.queryValues(
                "SELECT evidence::text FROM gateway_calls", as: String.self)
            #expect(evidence.count >= 3)
            for text in evidence {
                #expect(text.contains("store_passwd=***"))
                #expect(!text.contains("haatsandbox@ssl") && !text.contains("haatsandbox%40ssl"))
            }
        }
    }
}

@Suite("SSLCommerz's verify_sign")
struct SSLCommerzVerifierTests {
    private static let keys = [
        "amount", "bank_tran_id", "currency", "currency_amount", "currency_type", "status", "store_id", "tran_id",
        "val_id",
    ]
    private static let fields = [
        "amount": "1200.00", "bank_tran_id": "b1", "currency": "BDT", "currency_amount": "1200.00",
        "currency_type": "BDT", "status": "VALID", "store_id": "haat", "tran_id": "t1", "val_id": "v&1&&",
        "value_a": "é=&",
    ]

    /// The rule by itself, as the published libraries have it.
    private static func push(
        _ fields: [String: String] = fields, keys: [String] = keys, password: String = "pass"
    ) -> [UInt8] {
        var signed = fields.filter { keys.contains($0.key) }
        signed["store_passwd"] = Insecure.MD5.hash(data: Data(password.utf8)).hex
        var text = signed.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
        while text.hasSuffix("&") { text.removeLast() }
        let all =
            fields.map { (name: $0.key, value: $0.value) } + [
                ("verify_key", keys.joined(separator: ",")),
                ("verify_sign", Insecure.MD5.hash(data: Data(text.utf8)).hex),
            ]
        return Array(PercentEncoding.form(all).utf8)
    }

    private func verify(_ body: [UInt8]) throws -> VerifiedEvent {
        try SSLCommerzVerifier(storeID: "haat", storePassword: "pass").verify((), body: body)
    }

    @Test("What is signed is taken in, under a name of its own for each payment and status")
    func signed() throws {
        let event = try verify(Self.push())
        #expect(event.id == "t1:v&1&&:b1:VALID" && event.type == "ipn.valid")
        let last = Self.fields.merging(["val_id": "v1&&"]) { $1 }
        #expect(try verify(Self.push(last, keys: Self.keys + ["value_a"])).id == "t1:v1&&:b1:VALID")
    }

    @Test(
        "The published example's order of keys and unescaped values count", arguments: ["value_a", "val_id", "amount"])
    func changed(field: String) throws {
        let body = Self.push(keys: Self.keys + ["value_a"])
        #expect(try !verify(body).id.isEmpty)
        var other = try PercentEncoding.fields(of: body)
        other[UTF8Text(field)] = "other"
        let form = PercentEncoding.form(other.map { ($0.key.string, $0.value) })
        #expect(throws: WebhookRejection.signatureMismatch) { try verify(Array(form.utf8)) }
    }

    @Test("The sender may not choose to leave out what matters", arguments: keys.filter { $0 != "bank_tran_id" })
    func required(key: String) {
        #expect(throws: WebhookRejection.self) { try verify(Self.push(keys: Self.keys.filter { $0 != key })) }
    }

    @Test("An attempt without money has no val_id to sign; a name without a field and a chosen password are refused")
    func odd() throws {
        let unpaid = Self.fields.filter { $0.key != "val_id" }.merging(["status": "FAILED"]) { $1 }
        #expect(try verify(Self.push(unpaid, keys: Self.keys.filter { $0 != "val_id" })).type == "ipn.failed")
        #expect(throws: WebhookRejection.malformedSignature) { try verify(Self.push(keys: Self.keys + ["nothing"])) }
        #expect(throws: WebhookRejection.malformedSignature) {
            try verify(Self.push(keys: Self.keys + ["store_passwd"]))
        }
        #expect(throws: WebhookRejection.signatureMismatch) { try verify(Self.push(password: "other")) }
        let foreign = Self.fields.merging(["store_id": "other"]) { $1 }
        #expect(throws: WebhookRejection.self) { try verify(Self.push(foreign)) }
        #expect(throws: WebhookRejection.self) { try verify([]) }
    }
}

extension Digest {
    fileprivate var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
