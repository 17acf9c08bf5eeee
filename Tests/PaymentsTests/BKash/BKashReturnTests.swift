import CommerceTestSupport
import Core
import Foundation
import Outbound
import Testing

@testable import Payments

@Suite("Coming back from bKash")
struct BKashReturnTests {
    @Test("An execution that nobody waits for to its end completes all the same: it is asked about, not repeated")
    func hanging() async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.opened()
            try await bench.control("settings", #"{"hang_ms":2000}"#)
            try await bench.control("outcomes", #"{"execute":"hang"}"#)
            let fields = try await bench.stage.pay(payment)
            let hasty = try bench.process(
                over: HastyTransport(inner: bench.stage.transport, patience: .milliseconds(500)))
            let report = try #require(try await hasty.confirmReturn(of: payment, fields: fields, for: .system))
            #expect(report.status == .captured && report.amount == payment.amount && report.reference != nil)
            // Nobody waits for it, so that it may be on record only later.
            for _ in 0..<100 where try await bench.count("/execute") == 0 {
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await bench.count("/execute") == 1)
            #expect(try await bench.count("/payment/status") == 1)
        }
    }

    @Test("Whom bKash gave no answer is not told again to pay: neither by coming back once more nor by another process")
    func unanswered() async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.opened()
            let fields = try await bench.stage.pay(payment)
            _ = try await bench.stage.disturb(.confirmReturn, "error_before")
            #expect(try await bench.bench.comeBack(to: payment, with: fields) == payment.successURL)
            #expect(try await bench.payment(payment).state == .pending)
            #expect(try await bench.bench.comeBack(to: payment, with: fields) == payment.successURL)
            #expect(
                try await bench.process().confirmReturn(of: payment, fields: fields, for: .system)?.status == .pending)
            #expect(try await bench.count("/execute") == 1)
        }
    }

    @Test("A lost answer is asked for at once", arguments: ["error_after", "lose_answer"])
    func lost(fault: String) async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.opened()
            let fields = try await bench.stage.pay(payment)
            _ = try await bench.stage.disturb(.confirmReturn, fault)
            #expect(try await bench.bench.comeBack(to: payment, with: fields) == payment.successURL)
            #expect(try await bench.payment(payment).state == .captured)
            #expect(try await bench.count("/execute") == 1)
        }
    }

    @Test("A clear no ends the payment", arguments: ["status", "error", "both"])
    func refused(shape: String) async throws {
        try await BKashBench.open { bench in
            try await bench.control("settings", #"{"error_shape":"\#(shape)"}"#)
            let payment = try await bench.bench.opened()
            try await bench.control("outcomes", #"{"execute":"2023"}"#)
            let fields = try await bench.stage.pay(payment)
            #expect(try await bench.bench.comeBack(to: payment, with: fields) == payment.cancelURL)
            #expect(try await bench.payment(payment).state == .failed)
        }
    }

    @Test("Who says success without having agreed has paid nothing, and may still agree")
    func early() async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.opened()
            let lie = ["paymentID": payment.sessionReference ?? "", "status": "success"]
            #expect(try await bench.bench.comeBack(to: payment, with: lie) == payment.successURL)
            #expect(try await bench.payment(payment).state == .pending)
            let fields = try await bench.stage.pay(payment)
            _ = try await bench.bench.comeBack(to: payment, with: fields)
            #expect(try await bench.payment(payment).state == .captured)
        }
    }

    @Test("Who gave up in one tab and agrees in another pays nothing", arguments: ["cancel", "failure"])
    func givenUp(word: String) async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.opened()
            let left = ["paymentID": payment.sessionReference ?? "", "status": word]
            #expect(try await bench.bench.comeBack(to: payment, with: left) == payment.cancelURL)
            #expect(try await bench.payment(payment).state == (word == "cancel" ? .cancelled : .failed))
            let fields = try await bench.stage.pay(payment)
            #expect(try await bench.bench.comeBack(to: payment, with: fields) == payment.cancelURL)
            #expect(
                try await bench.process().confirmReturn(of: payment, fields: fields, for: .system)?.status == .pending)
            #expect(try await bench.count("/execute") == 0)
        }
    }

    @Test("Another payment's name in the browser executes nothing")
    func foreign() async throws {
        try await BKashBench.open { bench in
            let (mine, theirs) = (try await bench.bench.opened(), try await bench.bench.opened())
            let fields = try await bench.stage.pay(theirs)
            _ = try await bench.bench.comeBack(to: mine, with: fields)
            #expect(try await bench.count("/execute") == 0)
            #expect(try await bench.payment(theirs).state == .pending)
        }
    }

    @Test("bKash keeps a checkout open for a day: then it counts as expired, and not a minute before")
    func expiry() async throws {
        try await BKashBench.open { bench in
            let time = BKashTime(bench)
            let payment = try await bench.bench.opened()
            try await bench.control("settings", #"{"token_limit":0}"#)
            let gateway = try bench.process(at: time)
            try await time.pass(minutes: 24 * 60 - 1)
            #expect(try await gateway.read(payment, for: .system)?.status == .pending)
            try await time.pass(minutes: 12)
            #expect(try await gateway.read(payment, for: .system)?.status == .expired)
            let fields = ["paymentID": payment.sessionReference ?? "", "status": "success"]
            #expect(try await gateway.confirmReturn(of: payment, fields: fields, for: .system)?.status == .expired)
        }
    }

    @Test("A payment of which only the transaction is known is found by that")
    func search() async throws {
        try await BKashBench.open { bench in
            var payment = try await bench.bench.captured()
            payment.sessionReference = nil
            let report = try await bench.process().read(payment, for: .system)
            #expect(report?.status == .captured && report?.reference == payment.reference)
            payment.reference = "NOSUCHTRX1"
            #expect(try await bench.process().read(payment, for: .system) == nil)
        }
    }

    @Test("bKash's time is read with its odd colon")
    func moment() {
        #expect(
            BKashMapping.moment("2019-08-07T11:12:34:978 GMT+0600")
                == Date(timeIntervalSince1970: 1_565_154_754))
        #expect(BKashMapping.moment("2019-08-07T11:12:34.978 GMT+0600") == nil)
        #expect(BKashMapping.moment("") == nil)
    }
}
