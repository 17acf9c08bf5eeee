import CommerceTestSupport
import Core
import Foundation
import Outbound
import Testing
import Webhooks

@testable import Payments

@Suite("What bKash's topic tells")
struct BKashNotificationTests {
    /// A payment that was executed without our hearing of it, and the notification of that.
    private static func told(_ bench: BKashBench) async throws -> (Payment, SentPush) {
        let payment = try await bench.bench.opened()
        _ = try await bench.process().confirmReturn(
            of: payment, fields: try await bench.stage.pay(payment), for: .system)
        return (payment, try #require(try await bench.stage.pushes().last))
    }

    @Test(
        "Both versions of Amazon's signature prove a capture, and the certificate is fetched once", arguments: [1, 2])
    func versions(version: Int) async throws {
        try await BKashBench.open { bench in
            try await bench.control("settings", #"{"signature_version":\#(version)}"#)
            let (payment, push) = try await Self.told(bench)
            let queries = try await bench.count("/payment/status")
            try await bench.bench.receive(push)
            try await bench.bench.receive(push)
            #expect(try await bench.payment(payment).state == .captured)
            #expect(try await bench.till.lastOutcome() == "applied")
            // It says all there is to know: bKash fails merchants that ask about what it has told.
            #expect(try await bench.count("/payment/status") == queries)
        }
    }

    @Test("A changed amount, another invoice or another version under a true signature is no proof")
    func tampered() async throws {
        try await BKashBench.open { bench in
            let (payment, push) = try await Self.told(bench)
            let text = String(decoding: push.body, as: UTF8.self)
            for (true_, false_) in [
                (#"\"amount\":\"1200.00\""#, #"\"amount\":\"1200.01\""#),
                ("\(payment.id)", "\(ID<Payment>(uuid: UUID()))"),
                (#""SignatureVersion": "1""#, #""SignatureVersion": "2""#),
            ] {
                let body = text.replacingOccurrences(of: true_, with: false_)
                try #require(body != text, "\(true_) is not in \(text)")
                try await bench.bench.receive(SentPush(headers: push.headers, body: Array(body.utf8)))
                #expect(try await bench.till.lastOutcome() == "ignored")
            }
            #expect(try await bench.payment(payment).state == .pending)
        }
    }

    @Test(
        "A certificate anywhere but at Amazon's host of the region is refused before anything is stored",
        arguments: [
            "http://sns.ap-southeast-1.amazonaws.com/a.pem", "https://sns.ap-southeast-1.amazonaws.com.evil.test/a.pem",
            "https://sns.ap-southeast-1.amazonaws.com@evil.test/a.pem",
            "https://sns.ap-southeast-1.amazonaws.com:444/a.pem", "https://sns.us-east-1.amazonaws.com/a.pem",
            "https://sns.ap-southeast-1.amazonaws.com/../a.pem", "https://sns.ap-southeast-1.amazonaws.com/b/a.pem",
            "https://sns.ap-southeast-1.amazonaws.com/a.pem?x=.pem", "https://sns.ap-southeast-1.amazonaws.com/a.txt",
            "https://evil.test/https://sns.ap-southeast-1.amazonaws.com/a.pem", "",
        ])
    func certificates(address: String) async throws {
        try await BKashBench.open { bench in
            let push = BKashStage.push("{}", certificate: address)
            #expect(throws: WebhookRejection.self) { try bench.bench.verify(push) }
        }
    }

    @Test("Another topic's notifications are refused, and every one where no topic is configured")
    func topics() async throws {
        try await BKashBench.open { bench in
            let push = BKashStage.push("{}")
            let id = try bench.bench.verify(push).id
            #expect(!id.isEmpty)
            let other = SentPush(
                headers: ["x-amz-sns-topic-arn": "arn:aws:sns:ap-southeast-1:1:bpt_2"], body: push.body)
            #expect(throws: WebhookRejection.self) { try bench.bench.verify(other) }
            let bare = BKashVerifier(topic: nil)
            #expect(throws: WebhookRejection.self) { try bare.claim(header: { push.headers[$0] }, now: Date()) }
        }
    }

    @Test("Where Amazon can't be reached the notification is looked at again later")
    func unreachable() async throws {
        try await BKashBench.open { bench in
            let (payment, push) = try await Self.told(bench)
            let settings = try ConformanceBench.read(bench.stage.settings, of: BKashProvider.self)
            let dead = settings.registry(
                transport: DeadTransport(), timing: .unhurried(at: bench.till.market.clock), calls: nil,
                memory: bench.till.memory, logger: silent)
            await #expect(throws: GatewayError.self) { try await bench.bench.receive(push, gateways: dead) }
            #expect(try await bench.payment(payment).state == .pending)
        }
    }

    @Test("Money that came by QR code is accepted and put aside, also under an invoice that nobody knows")
    func outside() async throws {
        try await BKashBench.open { bench in
            for (number, invoice) in ["QR-1", "", "pay_nobody-1", "\(ID<Payment>(uuid: UUID()))-1"].enumerated() {
                try await bench.control("payments/outside", #"{"amount":"100","invoice":"\#(invoice)"}"#)
                let push = try #require(try await bench.stage.catcher.pushes(atLeast: number + 1).last)
                try await bench.bench.receive(push)
                #expect(try await bench.till.lastOutcome() == "ignored")
            }
        }
    }

    @Test("Who types our invoice at a QR code has not paid the checkout: that is asked about")
    func typedInvoice() async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.opened()
            try await bench.control("payments/outside", #"{"amount":"1200","invoice":"\#(payment.id)-1"}"#)
            let push = try #require(try await bench.stage.catcher.pushes(atLeast: 1).last)
            bench.till.market.clock.advance(by: 86_400)
            try await bench.bench.receive(push)
            #expect(try await bench.till.lastOutcome() == "applied")
            #expect(try await bench.payment(payment).state == .pending)
            #expect(try await bench.count("/payment/status") == 1)
        }
    }

    @Test("A message that came as an object can't be proven and is refused")
    func object() async throws {
        try await BKashBench.open { bench in
            try await bench.control("settings", #"{"message_as_object":true}"#)
            let (_, push) = try await Self.told(bench)
            #expect(throws: WebhookRejection.self) { try bench.bench.verify(push) }
        }
    }

    @Test(
        "The topic's question whether the address is ours is answered at Amazon's host, and then it tells of payments")
    func challenge() async throws {
        try await BKashBench.open { bench in
            try await bench.control("subscribe")
            let question = try #require(try await bench.stage.catcher.pushes(atLeast: 1).last)
            try await bench.control("payments/outside", "{}")
            try await bench.bench.receive(question)
            #expect(try await bench.till.lastOutcome() == "ignored")
            try await bench.control("payments/outside", "{}")
            #expect(try await bench.stage.catcher.pushes(atLeast: 2).count == 2)
            let gateway = try bench.process()
            for address in [
                "https://evil.test/?Action=ConfirmSubscription", "http://sns.ap-southeast-1.amazonaws.com/?a",
                "https://sns.ap-southeast-1.amazonaws.com.evil.test/",
            ] {
                await #expect(throws: GatewayError.self) { try await gateway.answer(PushChallenge(address: address)) }
            }
        }
    }
}
