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

/// What gateways pay out, against the ledgers of their stand-ins.
@Suite("Settlements")
struct SettlementTests {
    @Test("What Razorpay pays out is booked with its fees, and our account of it holds what it holds for us")
    func razorpay() async throws {
        try await RazorpayTests.bench { bench, stage in
            let first = try await bench.captured()
            try await Self.refund(first, 20_000, bench)
            try await stage.server.control("razorpay", "settlements", "{}")
            _ = try await bench.captured()
            let read = try await Self.read(bench)
            #expect(read.settlements == 1 && read.lines == 2 && read.findings == 0)
            try await Self.expect(bench, holds: 120_000, bank: 97_168, fees: 2_400, taxes: 432)
            let again = try await Self.read(bench)
            #expect(again.lines == 0 && again.findings == 0)
            try await Self.expect(bench, holds: 120_000, bank: 97_168, fees: 2_400, taxes: 432)
            // By the gateway's own ledger: captured, less what went back and what it has paid out with its fees.
            let ledger = try JSONValue(
                parsing: try await stage.server.send("GET", "/_control/razorpay/ledger?only=totals,settlements").body)
            let captured = try #require(ledger["totals"]?["captured"]?["BDT"]?.integerValue)
            let refunded = try #require(ledger["totals"]?["refunded"]?["BDT"]?.integerValue)
            let settled = try #require(ledger["settlements"]?.arrayValue).reduce(Int64(0)) {
                $0 + ($1["amount"]?.integerValue ?? 0) + ($1["fees"]?.integerValue ?? 0)
            }
            #expect(try await bench.till.balance(.clearing(bench.name)) == captured - refunded - settled)
        }
    }

    @Test("What Stripe pays out likewise, from the rows of its balance")
    func stripe() async throws {
        try await ConformanceBench.open(StripeStage.self) { bench in
            let payment = try await bench.captured()
            try await Self.refund(payment, 20_000, bench)
            let stage = try #require(bench.stage as? StripeStage)
            try await stage.stripe.control("payouts", #"{"currency":"bdt"}"#)
            let read = try await Self.read(bench)
            #expect(read.settlements == 1 && read.lines == 2 && read.findings == 0)
            let settlement = try #require(
                try await SettlementStore().settlements(of: nil, page: PageRequest(), in: bench.till.client).items.first
            )
            #expect(settlement.state == .complete && settlement.fee.minorUnits == 3_510)
            try await Self.expect(bench, holds: 0, bank: 96_490, fees: 3_510, taxes: 0)
            let lines = try await SettlementStore().lines(of: settlement.id, page: PageRequest(), in: bench.till.client)
            #expect(Set(lines.items.map(\.kind)) == [.payment, .refund])
            #expect(lines.items.allSatisfy { $0.paymentID == payment.id })
            #expect(lines.items.first { $0.kind == .refund }?.refundID != nil)
        }
    }

    @Test("A capture that we missed is found by its settlement, asked about, and the finding mended")
    func missed() async throws {
        try await RazorpayTests.bench { bench, stage in
            let payment = try await bench.opened()
            _ = try await stage.pay(payment)
            try await stage.server.control("razorpay", "settlements", "{}")
            #expect(try await Self.read(bench).findings == 1)
            let finding = try #require(try await Self.findings(bench).first)
            #expect(finding.kind == "line_not_counted" && finding.paymentID == payment.id && finding.state == .open)
            // What the job that was recorded with it does.
            let asked = try await bench.till.client.queryValues(
                "SELECT payload ->> 'paymentID' FROM jobs WHERE kind = 'payments.recheck'", as: String.self)
            #expect(asked == ["\(payment.id)"])
            let verify = VerifyPayment(postgres: bench.till.client, gateways: bench.gateways, book: bench.till.book)
            _ = try await verify(payment.id, for: .system, in: bench.till.market.queue)
            #expect(try await Self.read(bench).mended == 1)
            #expect(try await Self.findings(bench).map(\.state) == [.mended])
            #expect(try await bench.till.balance(.clearing(bench.name)) == 0)
        }
    }

    @Test("Money that is none of ours is a finding that only two people write off; then our account agrees")
    func unknown() async throws {
        try await RazorpayTests.bench { bench, stage in
            let order = try await stage.api("POST", "orders", #"{"amount":50000,"currency":"BDT","receipt":"till 4"}"#)
            let id = try #require(order["id"]?.textValue?.string)
            try await stage.server.control("razorpay", "payments", #"{"order":"\#(id)"}"#)
            try await stage.server.control("razorpay", "settlements", "{}")
            #expect(try await Self.read(bench).findings == 1)
            let finding = try #require(try await Self.findings(bench).first)
            #expect(finding.kind == "line_unknown" && finding.amount == Money(minorUnits: 50_000, currency: .bdt))
            #expect(try await bench.till.balance(.clearing(bench.name)) == -50_000)
            let (ours, other) = (AuditActor(rawValue: "account:1"), AuditActor(rawValue: "account:2"))
            let resolve = ResolveFinding(book: bench.till.book)
            let queue = bench.till.market.queue
            let early = await #expect(throws: Problem.self) {
                try await queue.withUnitOfWork { try await resolve.writeOff(finding.id, by: other, in: $0) }
            }
            #expect(early?.type == "write-off-not-proposed")
            _ = try await queue.withUnitOfWork {
                try await resolve.proposeWriteOff(finding.id, "The shop's own till", by: ours, in: $0)
            }
            let alone = await #expect(throws: Problem.self) {
                try await queue.withUnitOfWork { try await resolve.writeOff(finding.id, by: ours, in: $0) }
            }
            #expect(alone?.type == "second-person-needed")
            #expect(try await bench.till.balance(.clearing(bench.name)) == -50_000)
            let done = try await queue.withUnitOfWork { try await resolve.writeOff(finding.id, by: other, in: $0) }
            #expect(done.state == .writtenOff && done.writtenOffBy == other.rawValue)
            #expect(try await bench.till.balance(.clearing(bench.name)) == 0)
            #expect(try await bench.till.balance(.gatewayDifferences) == -50_000)
            let late = await #expect(throws: Problem.self) {
                try await queue.withUnitOfWork { try await resolve.explain(finding.id, "late", by: ours, in: $0) }
            }
            #expect(late?.type == "finding-closed")
            #expect(try await bench.till.imbalance() == 0)
        }
    }

    @Test("The push about a settlement has its settlements read")
    func push() async throws {
        try await RazorpayTests.bench { bench, stage in
            _ = try await bench.captured()
            try await stage.server.control("razorpay", "settlements", "{}")
            let pushes = try await stage.pushes()
            let settled = try #require(pushes.last)
            try await bench.receive(settled)
            #expect(try await bench.till.lastOutcome() == "applied")
            let jobs = try await bench.till.client.queryValues(
                "SELECT payload ->> 'gateway' FROM jobs WHERE kind = 'payments.read_settlements'", as: String.self)
            #expect(jobs == ["razorpay"])
        }
    }

    @Test(
        "A settlement of many pages is read a page at a time, goes on where it was interrupted, and counts each line once"
    )
    func pages() async throws {
        try await Till.open { till in
            let gateway = PagedGateway(pages: 7, size: 200, failingAt: 3)
            let read = ReadSettlements(postgres: till.client, gateways: GatewayRegistry([gateway]), book: till.book)
            let period = GatewayPeriod(start: till.market.clock.now, end: till.market.clock.now.addingTimeInterval(60))
            await #expect(throws: GatewayError.self) {
                try await read(gateway.name, in: period, by: .system, in: till.market.queue)
            }
            let half = try await SettlementStore().unfinished(of: gateway.name, in: till.client)
            #expect(half.map(\.lineCount) == [600] && half.map(\.cursor) == ["3"])
            let report = try await read(gateway.name, in: period, by: .system, in: till.market.queue)
            #expect(report.lines == 800)
            let settlements = try await SettlementStore().settlements(of: nil, page: PageRequest(), in: till.client)
                .items
            #expect(settlements.map(\.lineCount) == [1_400] && settlements.map(\.state) == [.complete])
            #expect(try await till.balance(.gatewayFees) == 1_400 * 20)
            #expect(try await till.balance(.bank) == 1_400 * 980)
            #expect(try await till.imbalance() == 0)
            // None of them is ours here: each is a finding, once, however often they are read.
            #expect(try await till.count("reconciliation_findings") == 1_400)
        }
    }

    @Test("A payout that is not what its lines come to is a finding of its own")
    func sum() async throws {
        try await Till.open { till in
            let gateway = PagedGateway(pages: 1, size: 2, short: 30)
            let read = ReadSettlements(postgres: till.client, gateways: GatewayRegistry([gateway]), book: till.book)
            let period = GatewayPeriod(start: till.market.clock.now, end: till.market.clock.now.addingTimeInterval(60))
            _ = try await read(gateway.name, in: period, by: .system, in: till.market.queue)
            let findings = try await FindingStore().findings(
                of: nil, in: .open, page: PageRequest(), from: till.client
            ).items
            let sum = try #require(findings.first { $0.kind == "settlement_sum_differs" })
            #expect(sum.amount?.minorUnits == -30)
        }
    }

    private static func refund(_ payment: Payment, _ units: Int64, _ bench: ConformanceBench) async throws {
        let wish = NewRefund(paymentID: payment.id, amount: Money(minorUnits: units, currency: .bdt), reason: "test")
        let (queue, book) = (bench.till.market.queue, bench.till.book)
        let refund = try await queue.withUnitOfWork {
            try await CreateRefund(gateways: bench.gateways, book: book)(wish, by: .system, in: $0)
        }
        try await RefundPayment(postgres: bench.till.client, gateways: bench.gateways, book: book)(
            RefundPayment.Job(refundID: refund.id), in: queue, logger: silent)
    }

    private static func read(_ bench: ConformanceBench) async throws -> ReadSettlements.Report {
        let now = bench.till.market.clock.now
        return try await ReadSettlements(
            postgres: bench.till.client, gateways: bench.gateways, book: bench.till.book)(
                bench.name, in: ReadSettlements.Job(bench.name, before: now).period, by: .system,
                in: bench.till.market.queue)
    }

    private static func findings(_ bench: ConformanceBench) async throws -> [Finding] {
        try await FindingStore().findings(of: bench.name, in: nil, page: PageRequest(), from: bench.till.client).items
    }

    private static func expect(
        _ bench: ConformanceBench, holds: Int64, bank: Int64, fees: Int64, taxes: Int64,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        #expect(try await bench.till.balance(.clearing(bench.name)) == holds, sourceLocation: sourceLocation)
        #expect(try await bench.till.balance(.bank) == bank, sourceLocation: sourceLocation)
        #expect(try await bench.till.balance(.gatewayFees) == fees, sourceLocation: sourceLocation)
        #expect(try await bench.till.balance(.gatewayFeeTaxes) == taxes, sourceLocation: sourceLocation)
        #expect(try await bench.till.imbalance() == 0, sourceLocation: sourceLocation)
    }
}
