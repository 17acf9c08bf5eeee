package import Core

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

/// A booking: lines of one currency that sum to zero.
package struct LedgerPosting: Sendable, Hashable {
    package let lines: [LedgerLine]
    package let currency: Currency

    init(lines: [LedgerLine], currency: Currency) {
        self.lines = lines.filter { $0.amount != 0 }
        self.currency = currency
    }

    /// Money that has no order to pay: owed back to the customer.
    package static func unclaimedCapture(of amount: Money, through gateway: GatewayName) -> LedgerPosting {
        LedgerPosting(
            lines: [LedgerLine(.clearing(gateway), amount.minorUnits), LedgerLine(.refundsDue, -amount.minorUnits)],
            currency: amount.currency)
    }

    /// The same with the money in another account; nil leaves it where it is.
    func holding(moneyIn account: LedgerAccount?) -> LedgerPosting {
        guard let account else { return self }
        return LedgerPosting(
            lines: lines.map { $0.kind == "asset" ? LedgerLine(account, $0.amount) : $0 }, currency: currency)
    }

    /// Takes `amount` out of what a capture was booked for, in proportion; `before` is what earlier refunds of the same capture
    /// took. All parts together reverse the capture exactly.
    /// - Parameter capture: the lines of the capture's booking.
    /// - Throws: `MoneyError` for amounts of different currencies or beyond what can be counted.
    package static func refund(
        of amount: Money, before: Money, capture: [LedgerLine]
    ) throws(MoneyError) -> LedgerPosting {
        let part = try part(amount, after: before, of: capture)
        return try reversal(of: part.lines, currency: amount.currency)
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
}
