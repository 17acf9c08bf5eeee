package import Foundation
package import Values

/// How large a made-up marketplace is, and what it is made from: the same plan makes the same rows.
package struct SeedPlan: Sendable, Hashable {
    package let vendors: Int
    package let products: Int
    package let customers: Int
    package let orders: Int
    package let seed: UInt64
    /// The day before which everything has happened.
    package let until: CivilDate

    /// - Throws: `InvalidSeedPlan` for sizes beyond what is made, and for products or orders of nobody.
    package init(
        vendors: Int, products: Int, customers: Int, orders: Int, seed: UInt64, until: CivilDate
    ) throws(InvalidSeedPlan) {
        for (name, number, most) in [
            ("vendors", vendors, 100_000), ("products", products, 2_000_000), ("customers", customers, 5_000_000),
            ("orders", orders, 10_000_000),
        ] where !(0...most).contains(number) {
            throw InvalidSeedPlan(description: "--\(name) must be within 0 and \(most)")
        }
        guard vendors > 0 else { throw InvalidSeedPlan(description: "--vendors must be at least 1") }
        guard products > 0 || orders == 0 else {
            throw InvalidSeedPlan(description: "--orders needs --products to order")
        }
        self.vendors = vendors
        self.products = products
        self.customers = customers
        self.orders = orders
        self.seed = seed
        self.until = until
    }

    var end: Date { Date(timeIntervalSince1970: TimeInterval(until.daysSinceEpoch) * .day) }

    /// A moment by its distance from the end.
    func daysBefore(_ days: Double) -> Date { end - days * .day }
}

/// A plan that can't be carried out.
package struct InvalidSeedPlan: Error, CustomStringConvertible, Hashable {
    package let description: String
}

extension TimeInterval {
    static let minute: TimeInterval = 60
    static let hour: TimeInterval = 3_600
    static let day: TimeInterval = 86_400
}
