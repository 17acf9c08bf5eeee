package import Postgres

/// A share of something in parts per million: 125,000 is 12.5 %.
package struct Rate: Hashable, Sendable {
    package let partsPerMillion: Int

    package init(partsPerMillion: Int) { self.partsPerMillion = partsPerMillion }

    package static let whole = Rate(partsPerMillion: 1_000_000)

    /// `percent` hundredths, such as 12.5, to the nearest part per million.
    package static func percent(_ percent: Double) -> Rate {
        Rate(partsPerMillion: Int((percent * 10_000).rounded()))
    }
}

extension Money {
    /// The share that `rate` gives, rounded half away from zero.
    /// - Throws: `MoneyError.overflow`.
    package func share(at rate: Rate) throws(MoneyError) -> Money {
        let product = Int128(minorUnits).multipliedReportingOverflow(by: Int128(rate.partsPerMillion))
        guard !product.overflow else { throw .overflow }
        let rounded = (product.partialValue.magnitude + 500_000) / 1_000_000
        guard let magnitude = Int128(exactly: rounded),
            let units = Int64(exactly: product.partialValue < 0 ? -magnitude : magnitude)
        else { throw .overflow }
        return Money(minorUnits: units, currency: currency)
    }
}

extension Rate: PostgresCodable {
    package static var postgresType: PostgresType { Int32.postgresType }

    package func encode(into writer: inout PostgresBinaryWriter) {
        Int32(clamping: partsPerMillion).encode(into: &writer)
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        self.init(partsPerMillion: Int(try Int32(postgres: value)))
    }
}
