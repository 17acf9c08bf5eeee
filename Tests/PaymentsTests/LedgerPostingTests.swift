import Core
import Testing

@testable import Payments

@Suite("Bookings")
struct LedgerPostingTests {
    @Test("A capture credits each vendor less commission, and everything sums to zero", arguments: 0..<300)
    func captureBalances(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let shares = (0..<Int.random(in: 1...5, using: &random)).map { _ in
            VendorShare(
                vendor: ["ven_a", "ven_b", "ven_c"].randomElement(using: &random)!,
                gross: Money(minorUnits: .random(in: 0...99_999, using: &random), currency: .bdt),
                commissionBasisPoints: .random(in: 0...10_000, using: &random))
        }
        let extra = Int64.random(in: 0...500, using: &random)
        let total = shares.reduce(extra) { $0 + $1.gross.minorUnits }
        let posting = try LedgerPosting.capture(
            of: Money(minorUnits: total, currency: .bdt), through: .stripe, shares: shares)
        #expect(posting.lines.reduce(0) { $0 + $1.amount } == 0)
        #expect(posting.lines.allSatisfy { $0.amount != 0 })
        let due = shares.reduce(Int64(0)) { $0 + $1.gross.minorUnits }
        let credited = posting.lines.filter { $0.account.hasPrefix("vendor") || $0.account == "platform.commission" }
        #expect(-credited.reduce(0) { $0 + $1.amount } == due)
    }

    @Test("An eighth of 1,200.00 is commission, the rest is the vendor's")
    func example() throws {
        let posting = try LedgerPosting.capture(
            of: Fixture.amount, through: .stripe,
            shares: [VendorShare(vendor: "ven_1", gross: Fixture.amount, commissionBasisPoints: 1_250)])
        #expect(
            posting.lines == [
                LedgerLine(.clearing(.stripe), 120_000), LedgerLine(.vendorPayable(vendor: "ven_1"), -105_000),
                LedgerLine(.commission, -15_000),
            ])
    }

    @Test("Refunds in any number of parts reverse a capture to the last unit", arguments: 0..<300)
    func refundParts(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let gross = (0..<3).map { _ in Int64.random(in: 1...5_000, using: &random) }
        let shares = gross.enumerated().map { index, amount in
            VendorShare(
                vendor: "ven_\(index)", gross: Money(minorUnits: amount, currency: .bdt),
                commissionBasisPoints: .random(in: 0...10_000, using: &random))
        }
        let total = gross.reduce(0, +)
        let capture = try LedgerPosting.capture(
            of: Money(minorUnits: total, currency: .bdt), through: .stripe, shares: shares)
        var balance = Dictionary(capture.lines.map { ($0.account, $0.amount) }, uniquingKeysWith: +)
        var refunded: Int64 = 0
        while refunded < total {
            let part = Int64.random(in: 1...(total - refunded), using: &random)
            let posting = try LedgerPosting.refund(
                of: Money(minorUnits: part, currency: .bdt), before: Money(minorUnits: refunded, currency: .bdt),
                capture: capture.lines)
            #expect(posting.lines.reduce(0) { $0 + $1.amount } == 0)
            for line in posting.lines { balance[line.account, default: 0] += line.amount }
            refunded += part
            #expect(balance["gateway.stripe.clearing"] == total - refunded)
        }
        #expect(balance.values.allSatisfy { $0 == 0 })
    }

    @Test("Amounts beyond what can be counted are an error, not the end of the process")
    func unreasonable() throws {
        let (most, one) = (Money(minorUnits: .max, currency: .bdt), Money(minorUnits: 1, currency: .bdt))
        let share = VendorShare(vendor: "ven_1", gross: most, commissionBasisPoints: 10_000)
        #expect(throws: MoneyError.overflow) {
            try LedgerPosting.capture(of: most, through: .stripe, shares: [share, share])
        }
        let capture = [
            LedgerLine(.clearing(.stripe), .max), LedgerLine(.clearing(.stripe), .max), LedgerLine(.charges, .min),
        ]
        #expect(throws: MoneyError.overflow) { try LedgerPosting.reversal(of: capture, currency: .bdt) }
        #expect(throws: MoneyError.overflow) { try LedgerPosting.refund(of: one, before: most, capture: capture) }
        _ = try LedgerPosting.refund(of: most, before: .zero(.bdt), capture: capture)
        let unbalanced = [LedgerLine(.clearing(.stripe), 1), LedgerLine(.charges, .min), LedgerLine(.commission, .min)]
        #expect(throws: MoneyError.overflow) {
            try LedgerPosting.refund(of: most, before: .zero(.bdt), capture: unbalanced)
        }
    }
}
