import Core

extension LedgerPosting {
    /// What a gateway kept: it is not at the gateway for us any more.
    /// - Parameter fee: the tax included.
    /// - Throws: `MoneyError`.
    static func settlementFees(
        _ fee: Money, tax: Money, through gateway: GatewayName
    ) throws(MoneyError) -> LedgerPosting {
        LedgerPosting(
            lines: [
                LedgerLine(.gatewayFees, try fee.subtracting(tax).minorUnits),
                LedgerLine(.gatewayFeeTaxes, tax.minorUnits),
                LedgerLine(.clearing(gateway), try Money.zero(fee.currency).subtracting(fee).minorUnits),
            ], currency: fee.currency)
    }

    /// Money that went from the gateway to our bank.
    /// - Throws: `MoneyError`.
    static func payout(of amount: Money, through gateway: GatewayName) throws(MoneyError) -> LedgerPosting {
        LedgerPosting(
            lines: [
                LedgerLine(.bank, amount.minorUnits),
                LedgerLine(.clearing(gateway), try Money.zero(amount.currency).subtracting(amount).minorUnits),
            ], currency: amount.currency)
    }

    /// A difference between the gateway's record and ours that is let be.
    /// - Parameter amount: what our account of the gateway lacks; negative where it holds too much.
    /// - Throws: `MoneyError`.
    static func writeOff(_ amount: Money, through gateway: GatewayName) throws(MoneyError) -> LedgerPosting {
        LedgerPosting(
            lines: [
                LedgerLine(.clearing(gateway), amount.minorUnits),
                LedgerLine(.gatewayDifferences, try Money.zero(amount.currency).subtracting(amount).minorUnits),
            ], currency: amount.currency)
    }

    /// Whether there is nothing to book.
    var isEmpty: Bool { lines.isEmpty }
}
