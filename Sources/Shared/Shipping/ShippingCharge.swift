package import Core

/// What a method of shipping costs.
package struct ShippingCharge: Hashable, Sendable {
    package enum Basis: String, Hashable, Sendable, CaseIterable {
        /// Always the same.
        case flat
        /// By the grams of the parcel: a band holds up to its bound.
        case weight
        /// By what the goods cost in minor units: a band holds from its bound on, so that shipping can be free from some sum on.
        case subtotal
    }

    package struct Band: Hashable, Sendable {
        /// Grams or minor units.
        package let bound: Int64
        /// In minor units.
        package let amount: Int64

        package init(bound: Int64, amount: Int64) {
            self.bound = bound
            self.amount = amount
        }
    }

    /// What is charged for each further so many grams beyond the last band.
    package struct Step: Hashable, Sendable {
        package let grams: Int64
        /// In minor units.
        package let amount: Int64

        package init(grams: Int64, amount: Int64) {
            self.grams = grams
            self.amount = amount
        }
    }

    package static let bandCount = 1...50
    /// What bounds may be: ten tons, or a sum of money.
    package static let bound: ClosedRange<Int64> = 0...1_000_000_000_000
    /// Of one band or step, in minor units.
    package static let amount: ClosedRange<Int64> = 0...1_000_000_000_000
    package static let stepGrams: ClosedRange<Int64> = 1...10_000_000

    package let currency: Currency
    package let basis: Basis
    /// In the order of their bounds, which differ.
    package let bands: [Band]
    /// By weight alone; nil: nothing heavier goes.
    package let step: Step?

    package init(currency: Currency, basis: Basis, bands: [Band], step: Step? = nil) {
        self.currency = currency
        self.basis = basis
        self.bands = bands
        self.step = step
    }

    package static func flat(_ amount: Money) -> ShippingCharge {
        ShippingCharge(
            currency: amount.currency, basis: .flat, bands: [Band(bound: 0, amount: amount.minorUnits)])
    }

    /// What it comes to; nil where it carries nothing so heavy or is in another currency.
    /// - Throws: `MoneyError.overflow`.
    package func amount(weight: Int64, subtotal: Money) throws(MoneyError) -> Money? {
        guard subtotal.currency == currency else { return nil }
        let band: Band? =
            switch basis {
            case .flat: bands.first
            case .subtotal: bands.last { $0.bound <= subtotal.minorUnits } ?? bands.first
            case .weight: bands.first { weight <= $0.bound }
            }
        if let band { return Money(minorUnits: band.amount, currency: currency) }
        guard let last = bands.last, let step else { return nil }
        let steps = (weight - last.bound - 1) / step.grams + 1
        return try Money(minorUnits: step.amount, currency: currency).multiplied(by: steps)
            .adding(Money(minorUnits: last.amount, currency: currency))
    }

    func check(_ check: inout InputCheck, at pointer: String) {
        check.number(pointer + "/bands", bands.count, in: Self.bandCount)
        for (index, band) in bands.enumerated() {
            check.number("\(pointer)/bands/\(index)/bound", band.bound, in: Self.bound)
            check.number("\(pointer)/bands/\(index)/amount_minor", band.amount, in: Self.amount)
            if index > 0, band.bound <= bands[index - 1].bound {
                check.fail("\(pointer)/bands/\(index)/bound", "order", "must be above the one before")
            }
        }
        if basis != .weight, bands.first?.bound != 0 {
            check.fail(pointer + "/bands/0/bound", "first", "must be 0")
        }
        if basis == .flat, bands.count > 1 { check.fail(pointer + "/bands", "too_many", "must be one") }
        guard let step else { return }
        if basis != .weight { check.fail(pointer + "/step", "not_wanted", "goes with a charge by weight alone") }
        check.number(pointer + "/step/grams", step.grams, in: Self.stepGrams)
        check.number(pointer + "/step/amount_minor", step.amount, in: Self.amount)
    }
}
