import Core
import Foundation
import Testing

@testable import Payments

@Suite("Refunds at bKash")
struct BKashRefundTests {
    @Test(
        "A refund whose answer was lost is recognised in bKash's list and not made twice",
        arguments: ["lose_answer", "error_after"])
    func lost(fault: String) async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.captured()
            let refund = try await bench.refund(payment, 20_000)
            let gateway = try bench.process()
            _ = try await bench.stage.disturb(.refund, fault)
            await #expect(throws: GatewayError.self) { try await gateway.refund(refund, of: payment) }
            // Meanwhile others see whose it is.
            let listed = try await gateway.refunds(of: payment, for: .system)
            #expect(listed.map(\.refundID) == [refund.id])
            let report = try await bench.process().refund(refund, of: payment)
            #expect(report.status == .succeeded && report.refundID == refund.id && report.amount == refund.amount)
            #expect(try await gateway.refund(refund, of: payment) == report)
            #expect(try await bench.count("/payment/transaction") == 1)
        }
    }

    @Test("What came to nothing is asked for again, once bKash can't be working on it any more")
    func nothing() async throws {
        try await BKashBench.open { bench in
            let time = BKashTime(bench)
            let payment = try await bench.bench.captured()
            let refund = try await bench.refund(payment, 20_000)
            let gateway = try bench.process(at: time)
            _ = try await bench.stage.disturb(.refund, "error_before")
            for _ in 0..<2 {
                let error = await #expect(throws: GatewayError.self) {
                    try await gateway.refund(refund, of: payment)
                }
                guard case .unknown = error else {
                    Issue.record("got \(String(describing: error))")
                    return
                }
            }
            try await time.pass(minutes: 2)
            #expect(try await gateway.refund(refund, of: payment).status == .succeeded)
            #expect(try await bench.count("/payment/transaction") == 2)
        }
    }

    @Test("Refunds of one transaction go one after the other, each with its own entry; equal ones are not confused")
    func several() async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.captured()
            let (first, second) = (try await bench.refund(payment, 20_000), try await bench.refund(payment, 20_000))
            let gateway = try bench.process()
            _ = try await bench.stage.disturb(.refund, "lose_answer")
            await #expect(throws: GatewayError.self) { try await gateway.refund(first, of: payment) }
            let error = await #expect(throws: GatewayError.self) { try await gateway.refund(second, of: payment) }
            guard case .unavailable(let reason) = error, reason.contains("\(first.id)") else {
                Issue.record("got \(String(describing: error))")
                return
            }
            let one = try await gateway.refund(first, of: payment)
            let two = try await gateway.refund(second, of: payment)
            #expect(one.reference != two.reference && one.refundID == first.id && two.refundID == second.id)
            let listed = try await gateway.refunds(of: payment, for: .system)
            #expect(listed.map(\.refundID) == [first.id, second.id])
        }
    }

    @Test("A clear no ends the refund, and the next one may be asked for")
    func refused() async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.captured()
            let refund = try await bench.refund(payment, 20_000)
            let gateway = try bench.process()
            try await bench.control("outcomes", #"{"refund":"2026"}"#)
            let error = await #expect(throws: GatewayError.self) { try await gateway.refund(refund, of: payment) }
            guard case .refused = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
            #expect(try await gateway.refund(refund, of: payment).status == .succeeded)
            let other = try await bench.refund(payment, 30_000)
            #expect(try await gateway.refund(other, of: payment).status == .succeeded)
        }
    }
}
