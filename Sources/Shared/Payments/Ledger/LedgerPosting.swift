package import Core

/// An account of the ledger, named by what it is for.
package enum LedgerAccount: Hashable, Sendable {
    /// Money at a gateway that has not been paid out to our bank.
    case clearing(GatewayName)
    /// What we owe a vendor.
    case vendorPayable(vendor: String)
    case commission
    /// Charged to customers beside the goods, such as shipping and tax; owed on until it is allotted.
    case charges
    /// What we owe customers who paid for nothing.
    case refundsDue
    /// Money that a gateway holds back until a dispute is decided.
    case disputed(GatewayName)
    /// Lost in disputes beyond what the payment brought.
    case chargebackLosses

    package var code: String {
        switch self {
        case .clearing(let gateway): "gateway.\(gateway).clearing"
        case .vendorPayable(let vendor): "vendor.\(vendor).payable"
        case .commission: "platform.commission"
        case .charges: "platform.charges"
        case .refundsDue: "platform.refunds_due"
        case .disputed(let gateway): "gateway.\(gateway).disputed"
        case .chargebackLosses: "platform.chargeback_losses"
        }
    }

    package var kind: String {
        switch self {
        case .clearing, .disputed: "asset"
        case .vendorPayable, .charges, .refundsDue: "liability"
        case .commission: "revenue"
        case .chargebackLosses: "expense"
        }
    }
}

/// One line of a booking. Debits are positive, credits negative.
package struct LedgerLine: Sendable, Hashable {
    package let account: String
    package let kind: String
    package let amount: Int64

    package init(account: String, kind: String, amount: Int64) {
        self.account = account
        self.kind = kind
        self.amount = amount
    }

    package init(_ account: LedgerAccount, _ amount: Int64) {
        self.init(account: account.code, kind: account.kind, amount: amount)
    }
}

/// A vendor's part of an order, with the commission rate that was frozen when the order was placed.
package struct VendorShare: Sendable, Hashable {
    /// The vendor's id on the wire.
    package let vendor: String
    package let gross: Money
    package let commissionBasisPoints: Int

    package init(vendor: String, gross: Money, commissionBasisPoints: Int) {
        self.vendor = vendor
        self.gross = gross
        self.commissionBasisPoints = commissionBasisPoints
    }
}

/// A booking: lines of one currency that sum to zero.
package struct LedgerPosting: Sendable, Hashable {
    package let lines: [LedgerLine]
    package let currency: Currency

    /// The sum of an order's shares exceeds what was paid for it.
    package struct SharesExceedAmount: Error {}

    private init(lines: [LedgerLine], currency: Currency) {
        self.lines = lines.filter { $0.amount != 0 }
        self.currency = currency
    }

    /// Money for an order: each vendor's part less commission; the commission takes the rounding, so nothing is left over. What
    /// no vendor sold (shipping, tax) is booked as charges.
    package static func capture(
        of amount: Money, through gateway: GatewayName, shares: [VendorShare]
    ) throws -> LedgerPosting {
        var payable: [String: Int64] = [:]
        var commission: Int64 = 0
        for share in shares {
            let fee = try share.gross.share(basisPoints: share.commissionBasisPoints)
            commission += fee.minorUnits
            payable[share.vendor, default: 0] += try share.gross.subtracting(fee).minorUnits
        }
        let rest = amount.minorUnits - commission - payable.values.reduce(0, +)
        guard rest >= 0 else { throw SharesExceedAmount() }
        let vendors = payable.sorted { $0.key < $1.key }.map { LedgerLine(.vendorPayable(vendor: $0.key), -$0.value) }
        return LedgerPosting(
            lines: [LedgerLine(.clearing(gateway), amount.minorUnits)] + vendors
                + [LedgerLine(.commission, -commission), LedgerLine(.charges, -rest)],
            currency: amount.currency)
    }

    /// Money that has no order to pay: owed back to the customer.
    package static func unclaimedCapture(of amount: Money, through gateway: GatewayName) -> LedgerPosting {
        LedgerPosting(
            lines: [LedgerLine(.clearing(gateway), amount.minorUnits), LedgerLine(.refundsDue, -amount.minorUnits)],
            currency: amount.currency)
    }

    /// Takes `amount` out of what a capture was booked for, in proportion; `before` is what earlier refunds of the same capture
    /// took. All parts together reverse the capture exactly.
    /// - Parameter capture: the lines of the capture's booking.
    package static func refund(of amount: Money, before: Int64, capture: [LedgerLine]) -> LedgerPosting {
        let earlier = portions(of: before, in: capture)
        let now = portions(of: before + amount.minorUnits, in: capture)
        let lines = zip(capture, zip(now, earlier)).map { line, portion in
            LedgerLine(account: line.account, kind: line.kind, amount: portion.1 - portion.0)
        }
        return LedgerPosting(lines: lines, currency: amount.currency)
    }

    /// Money that the gateway took because of a dispute: nobody's loss until that is decided.
    package static func disputeWithdrawal(of amount: Money, through gateway: GatewayName) -> LedgerPosting {
        LedgerPosting(
            lines: [
                LedgerLine(.disputed(gateway), amount.minorUnits), LedgerLine(.clearing(gateway), -amount.minorUnits),
            ], currency: amount.currency)
    }

    /// Disputed money that is gone: `share` of it is taken out of what the capture was booked for, as a refund would be, the
    /// rest is the marketplace's loss.
    /// - Parameters:
    ///   - before: what refunds and lost disputes took before.
    ///   - capture: the lines of the capture's booking.
    package static func disputeLoss(
        of amount: Money, share: Int64, before: Int64, capture: [LedgerLine], through gateway: GatewayName
    ) -> LedgerPosting {
        let shared = refund(of: Money(minorUnits: share, currency: amount.currency), before: before, capture: capture)
        let clearing = LedgerAccount.clearing(gateway).code
        return LedgerPosting(
            lines: shared.lines.filter { $0.account != clearing } + [
                LedgerLine(.chargebackLosses, amount.minorUnits - share),
                LedgerLine(.disputed(gateway), -amount.minorUnits),
            ], currency: amount.currency)
    }

    /// The same booking the other way round, for a refund that came back.
    package static func reversal(of lines: [LedgerLine], currency: Currency) -> LedgerPosting {
        LedgerPosting(
            lines: lines.map { LedgerLine(account: $0.account, kind: $0.kind, amount: -$0.amount) }, currency: currency)
    }

    /// How much of each line `part` of the whole takes: shares rounded down, what is left going to the largest remainders.
    private static func portions(of part: Int64, in capture: [LedgerLine]) -> [Int64] {
        let whole = capture.filter { $0.amount > 0 }.reduce(0) { $0 + $1.amount }
        guard whole > 0 else { return capture.map { _ in 0 } }
        let exact = capture.map { Int128($0.amount.magnitude) * Int128(part) }
        var portions = exact.map { Int64($0 / Int128(whole)) }
        for sign in [Int64(1), -1] {
            let side = capture.indices.filter { capture[$0].amount.signum() == sign }
            let rest = Int(part - side.reduce(0) { $0 + portions[$1] })
            let byRemainder = side.sorted {
                (exact[$0] % Int128(whole), $1) > (exact[$1] % Int128(whole), $0)
            }
            for index in byRemainder.prefix(rest) { portions[index] += 1 }
        }
        return zip(capture, portions).map { $0.amount.signum() * $1 }
    }
}
