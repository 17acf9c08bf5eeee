import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Outbound
import Testing
import Webhooks

@testable import Payments

/// What is peculiar to this provider, beside the scenarios that all go through.
@Suite("PayStation")
struct PayStationTests {
    private func withBench(
        _ sandbox: String = "{}", _ body: @escaping @Sendable (ConformanceBench, SandboxServer) async throws -> Void
    ) async throws {
        try await ConformanceBench.open(PayStationStage.self) { bench in
            let server = try #require(bench.stage as? PayStationStage).server
            try await server.control("paystation", "settings", sandbox)
            try await body(bench, server)
        }
    }

    @Test("Success is read in each of its spellings", arguments: ["documented", "lower", "upper"])
    func spellings(casing: String) async throws {
        try await withBench(#"{"casing":"\#(casing)"}"#) { bench, _ in
            let payment = try await bench.captured()
            #expect(payment.state == .captured && payment.reference?.isEmpty == false)
        }
    }

    @Test("An amount that is echoed while nobody has paid is no payment; declined is a failure")
    func echo() async throws {
        try await withBench { bench, _ in
            let payment = try await bench.opened()
            #expect(try await bench.gateway.read(payment, for: .system)?.status == .pending)
            let fields = try await bench.stage.decline(payment)
            #expect(try await bench.comeBack(to: payment, with: fields) == payment.cancelURL)
            #expect(try await bench.till.payment(payment.id).state == .failed)
            let again = try await bench.till.checkout(payment.orderID, through: bench.gateways, at: bench.name)
            #expect(again.paymentID != payment.id)
        }
    }

    @Test("Who cancels goes back to the shop, and the checkout ends with its time")
    func cancelled() async throws {
        try await withBench { bench, _ in
            let payment = try await bench.opened()
            let fields = try await bench.stage.cancel(payment)
            #expect(try await bench.comeBack(to: payment, with: fields) == payment.cancelURL)
            #expect(try await bench.till.payment(payment.id).state == .pending)
            bench.till.market.clock.advance(by: 3_600)
            let again = try await bench.till.checkout(payment.orderID, through: bench.gateways, at: bench.name)
            #expect(again.paymentID != payment.id)
            #expect(try await bench.till.payment(payment.id).state == .expired)
        }
    }

    @Test("A success of which the status does not know yet is waited for")
    func lag() async throws {
        try await withBench(#"{"status_lag":30}"#) { bench, server in
            let payment = try await bench.opened()
            let fields = try await bench.stage.pay(payment)
            #expect(try await bench.comeBack(to: payment, with: fields) == payment.successURL)
            #expect(try await bench.till.payment(payment.id).state == .pending)
            let push = try #require(try await bench.stage.pushes().first)
            await #expect(throws: RetryLater.self) {
                try await bench.till.process(
                    push.body, type: "notification", id: "early", account: bench.name,
                    receivedAt: bench.till.market.clock.now,
                    gateways: bench.gateways)
            }
            try await server.control("paystation", "advance", #"{"seconds":31}"#)
            try await bench.receive(push)
            #expect(try await bench.till.payment(payment.id).state == .captured)
        }
    }

    @Test("A page of the machinery and a relative address", arguments: ["html", "json"])
    func machinery(failure: String) async throws {
        try await withBench(#"{"failure":"\#(failure)","relative_url":true}"#) { bench, server in
            let payment = try await bench.opened()
            #expect(payment.redirectURL?.hasPrefix(server.base + "/paystation/checkout/") == true)
            for _ in 0..<3 { #expect(try await bench.stage.disturb(.read, "error_before")) }
            let error = await #expect(throws: GatewayError.self) { try await bench.gateway.read(payment, for: .system) }
            #expect(error?.isSilence == true)
            #expect(try await bench.gateway.read(payment, for: .system)?.status == .pending)
        }
    }

    @Test("Where the answer to an opening was lost, the duplicate is told apart and the next number is taken")
    func lostOpening() async throws {
        try await withBench { bench, _ in
            let order = try await bench.till.market.place((bench.till.market.licence(keys: 1), 1)).order
            #expect(try await bench.stage.disturb(.open, "lose_answer"))
            await #expect(throws: Problem.self) {
                try await bench.till.checkout(order.id, through: bench.gateways, at: bench.name)
            }
            let started = try await bench.till.checkout(order.id, through: bench.gateways, at: bench.name)
            let payment = try await bench.till.payment(started.paymentID)
            #expect(payment.attempt == 2 && payment.sessionReference?.utf8.count == 32)
        }
    }

    @Test(
        "Of a code that means two things, neither is believed: right credentials make it 'unknown', wrong ones a refusal of ours"
    )
    func ambiguity() async throws {
        try await withBench { bench, _ in
            var payment = try await bench.opened()
            let number = payment.sessionReference
            payment.sessionReference = try AttemptNumber(payment.id, attempt: 7).text
            #expect(try await bench.gateway.read(payment, for: .system) == nil)
            payment.sessionReference = number
            var wrong = bench.stage.settings
            wrong["HAAT_PAYSTATION_MERCHANT_ID"] = "104-2"
            let stranger = try bench.gateway(wrong)
            let error = await #expect(throws: GatewayError.self) { try await stranger.read(payment, for: .system) }
            guard case .credentialsRefused = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }

    @Test("Where the customer bears the charge, what was asked for is compared and not what was paid")
    func charge() async throws {
        try await withBench { bench, _ in
            var settings = bench.stage.settings
            settings["HAAT_PAYSTATION_PAYER_BEARS_CHARGE"] = "1"
            let gateways = GatewayRegistry([try bench.gateway(settings)])
            let order = try await bench.till.market.place((bench.till.market.licence(keys: 1), 1)).order
            let started = try await bench.till.checkout(order.id, through: gateways, at: bench.name)
            let payment = try await bench.till.payment(started.paymentID)
            _ = try await bench.comeBack(to: payment, with: try await bench.stage.pay(payment))
            #expect(try await bench.till.payment(payment.id).state == .captured)
        }
    }

    @Test("PayStation's own number leads to our payment, and a stranger's to none")
    func find() async throws {
        try await withBench { bench, _ in
            let payment = try await bench.captured()
            #expect(try await bench.gateway.knownPaymentID(of: payment.reference ?? "") == payment.id)
            #expect(try await bench.gateway.knownPaymentID(of: "FORGED00") == nil)
        }
    }

    @Test("A refund in the panel is found by asking")
    func panelRefund() async throws {
        try await withBench { bench, server in
            let payment = try await bench.captured()
            try await server.control(
                "paystation", "refunds", #"{"invoice_number":"\#(payment.sessionReference ?? "")"}"#)
            for _ in 0..<2 {
                let after = try await bench.verify(payment)
                #expect(after.state == .refunded && after.conflict == nil)
            }
            #expect(try await bench.till.balance(.clearing(bench.name)) == 0)
            #expect(try await bench.till.imbalance() == 0)
        }
    }

    @Test("The published merchant does not start at the live address")
    func liveAddress() throws {
        let settings = ["HAAT_PAYSTATION_MERCHANT_ID": "104-1653730183", "HAAT_PAYSTATION_PASSWORD": "word"]
        let error = #expect(throws: ConfigurationError.self) {
            try ConformanceBench.read(settings, of: PayStationProvider.self)
        }
        #expect(error?.failures.count == 1)
        #expect(error?.failures.first?.hasPrefix("HAAT_PAYSTATION_MERCHANT_ID is the merchant that PayStation") == true)
    }
}

extension ConformanceBench {
    /// What an operator does who asks about a payment.
    fileprivate func verify(_ payment: Payment) async throws -> Payment {
        try await VerifyPayment(postgres: till.client, gateways: gateways, book: till.book)(
            payment.id, for: .system, in: till.market.queue)
    }
}
