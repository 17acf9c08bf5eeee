package import Core
import Postgres

/// What a package declares its content in.
package enum NetUnit: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case gram = "g"
    case kilogram = "kg"
    case millilitre = "ml"
    case litre = "l"
    case centimetre = "cm"
    case metre = "m"
    case piece

    /// The unit that both small and large quantities can be counted in, and how many of it this one is.
    fileprivate var base: (unit: NetUnit, count: Int64) {
        switch self {
        case .gram, .kilogram: (.gram, self == .gram ? 1 : 1_000)
        case .millilitre, .litre: (.millilitre, self == .millilitre ? 1 : 1_000)
        case .centimetre, .metre: (.centimetre, self == .centimetre ? 1 : 100)
        case .piece: (.piece, 1)
        }
    }

    /// The unit by which larger packages state their price; of pieces there is none.
    fileprivate var large: NetUnit? {
        switch self {
        case .gram, .kilogram: .kilogram
        case .millilitre, .litre: .litre
        case .centimetre, .metre: .metre
        case .piece: nil
        }
    }
}

/// How much is in a package.
package struct NetQuantity: Hashable, Sendable {
    package static let amount = 1...1_000_000

    package let amount: Int
    package let unit: NetUnit

    package init(amount: Int, unit: NetUnit) {
        self.amount = amount
        self.unit = unit
    }

    /// The price by gram, millilitre or centimetre of what is less than a kilogram, litre or metre, by those of what is not, and by
    /// piece, rounded half up to the currency's minor unit.
    func unitPrice(at price: Money) -> UnitPrice? {
        let (base, count) = unit.base
        let (content, overflow) = Int64(amount).multipliedReportingOverflow(by: count)
        guard !overflow, content > 0, price.minorUnits >= 0 else { return nil }
        var (per, units) = (base, Int64(1))
        if let large = unit.large, content >= large.base.count { (per, units) = (large, large.base.count) }
        let (total, isTooMuch) = price.minorUnits.multipliedReportingOverflow(by: units)
        let (raised, isTooMuchRaised) = total.addingReportingOverflow(content / 2)
        guard !isTooMuch, !isTooMuchRaised else { return nil }
        return UnitPrice(amount: Money(minorUnits: raised / content, currency: price.currency), per: per)
    }
}

/// The price of one unit of what is in a package.
package struct UnitPrice: Hashable, Sendable {
    package let amount: Money
    package let per: NetUnit

    package init(amount: Money, per: NetUnit) {
        self.amount = amount
        self.per = per
    }
}
