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
        let none = Money.zero(amount.currency)
        var payable: [String: Money] = [:]
        var commission = none
        for share in shares {
            let fee = try share.gross.share(basisPoints: share.commissionBasisPoints)
            commission = try commission.adding(fee)
            payable[share.vendor] = try payable[share.vendor, default: none].adding(share.gross.subtracting(fee))
        }
        let rest = try amount.subtracting(commission).subtracting(payable.values.total(in: amount.currency))
        guard !rest.isNegative else { throw SharesExceedAmount() }
        let vendors = try payable.sorted { $0.key < $1.key }.map { vendor, money in
            LedgerLine(.vendorPayable(vendor: vendor), try none.subtracting(money).minorUnits)
        }
        return LedgerPosting(
            lines: [LedgerLine(.clearing(gateway), amount.minorUnits)] + vendors + [
                LedgerLine(.commission, try none.subtracting(commission).minorUnits),
                LedgerLine(.charges, -rest.minorUnits),
            ],
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
    /// - Throws: `MoneyError` for amounts of different currencies or beyond what can be counted.
    package static func refund(
        of amount: Money, before: Money, capture: [LedgerLine]
    ) throws(MoneyError) -> LedgerPosting {
        let earlier = try portions(of: before.minorUnits, in: capture)
        let now = try portions(of: before.adding(amount).minorUnits, in: capture)
        var lines: [LedgerLine] = []
        for (line, portion) in zip(capture, zip(now, earlier)) {
            let taken = portion.1.subtractingReportingOverflow(portion.0)
            guard !taken.overflow else { throw .overflow }
            lines.append(LedgerLine(account: line.account, kind: line.kind, amount: taken.partialValue))
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
    /// - Throws: `MoneyError` for amounts of different currencies or beyond what can be counted.
    package static func disputeLoss(
        of amount: Money, share: Money, before: Money, capture: [LedgerLine], through gateway: GatewayName
    ) throws(MoneyError) -> LedgerPosting {
        let shared = try refund(of: share, before: before, capture: capture)
        let clearing = LedgerAccount.clearing(gateway).code
        return LedgerPosting(
            lines: shared.lines.filter { $0.account != clearing } + [
                LedgerLine(.chargebackLosses, try amount.subtracting(share).minorUnits),
                LedgerLine(.disputed(gateway), -amount.minorUnits),
            ], currency: amount.currency)
    }

    /// The same booking the other way round, for a refund that came back.
    /// - Throws: `MoneyError.overflow`.
    package static func reversal(of lines: [LedgerLine], currency: Currency) throws(MoneyError) -> LedgerPosting {
        let none = Money.zero(currency)
        return LedgerPosting(
            lines: try lines.map { line throws(MoneyError) in
                let reversed = try none.subtracting(Money(minorUnits: line.amount, currency: currency))
                return LedgerLine(account: line.account, kind: line.kind, amount: reversed.minorUnits)
            }, currency: currency)
    }

    /// How much of each line `part` of the whole takes: shares rounded down, what is left going to the largest remainders.
    private static func portions(of part: Int64, in capture: [LedgerLine]) throws(MoneyError) -> [Int64] {
        let whole = capture.reduce(Int128(0)) { $0 + Int128(max($1.amount, 0)) }
        guard whole > 0 else { return capture.map { _ in 0 } }
        let exact = capture.map { Int128($0.amount.magnitude) * Int128(part) }
        var portions = exact.map { $0 / whole }
        guard portions.allSatisfy({ $0.magnitude <= UInt128(Int64.max) }) else { throw .overflow }
        for sign in [Int64(1), -1] {
            let side = capture.indices.filter { capture[$0].amount.signum() == sign }
            let rest = Int(clamping: Int128(part) - side.reduce(0) { $0 + portions[$1] })
            let byRemainder = side.sorted { (exact[$0] % whole, $1) > (exact[$1] % whole, $0) }
            for index in byRemainder.prefix(max(0, rest)) { portions[index] += 1 }
        }
        var signed: [Int64] = []
        for (line, portion) in zip(capture, portions) {
            guard let amount = Int64(exactly: Int128(line.amount.signum()) * portion) else { throw .overflow }
            signed.append(amount)
        }
        return signed
    }
}
