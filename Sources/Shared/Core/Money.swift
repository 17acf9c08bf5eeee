/// What can go wrong with money.
package enum MoneyError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownCurrency(String)
    case currencyMismatch(Currency, Currency)
    case overflow

    package var description: String {
        switch self {
        case .unknownCurrency(let code): "\"\(UTF8Text(code).excerpt())\" is not an ISO 4217 currency code"
        case .currencyMismatch(let left, let right): "\(left) and \(right) can't be combined"
        case .overflow: "the amount is too large"
        }
    }
}

/// An amount of money as a whole number of minor units (paisa, cents), never a fraction.
package struct Money: Hashable, Sendable, Codable {
    package let minorUnits: Int64
    package let currency: Currency

    package init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    package static func zero(_ currency: Currency) -> Money { Money(minorUnits: 0, currency: currency) }

    package var isZero: Bool { minorUnits == 0 }
    package var isNegative: Bool { minorUnits < 0 }

    /// - Throws: `MoneyError.currencyMismatch` or `.overflow`.
    package func adding(_ other: Money) throws(MoneyError) -> Money {
        try combined(with: other, minorUnits.addingReportingOverflow)
    }

    /// - Throws: `MoneyError.currencyMismatch` or `.overflow`.
    package func subtracting(_ other: Money) throws(MoneyError) -> Money {
        try combined(with: other, minorUnits.subtractingReportingOverflow)
    }

    /// - Throws: `MoneyError.overflow`.
    package func multiplied(by factor: Int64) throws(MoneyError) -> Money {
        let (units, overflow) = minorUnits.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw .overflow }
        return Money(minorUnits: units, currency: currency)
    }

    /// Whether this amount is at least `other`.
    /// - Throws: `MoneyError.currencyMismatch`.
    package func isAtLeast(_ other: Money) throws(MoneyError) -> Bool {
        guard currency == other.currency else { throw .currencyMismatch(currency, other.currency) }
        return minorUnits >= other.minorUnits
    }

    private func combined(
        with other: Money, _ operation: (Int64) -> (partialValue: Int64, overflow: Bool)
    ) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .currencyMismatch(currency, other.currency) }
        let (units, overflow) = operation(other.minorUnits)
        guard !overflow else { throw .overflow }
        return Money(minorUnits: units, currency: currency)
    }

    private enum CodingKeys: String, CodingKey {
        case minorUnits = "minor_units"
        case currency
    }
}

extension Sequence<Money> {
    /// The sum; zero of `currency` when there is nothing to add.
    /// - Throws: `MoneyError.currencyMismatch` or `.overflow`.
    package func total(in currency: Currency) throws(MoneyError) -> Money {
        var sum = Money.zero(currency)
        for amount in self { sum = try sum.adding(amount) }
        return sum
    }
}
