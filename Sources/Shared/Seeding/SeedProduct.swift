import Catalog
import Core
import Foundation
import Vendors

/// A product of a plan with its variants.
struct SeedProduct {
    struct Variant {
        let id: ID<Catalog.Variant>
        /// From 1.
        let position: Int
        let choices: [String]
        let sku: String
        /// Minor units of the vendor's currency.
        let price: Int64
        let weightGrams: Int
        /// Units that are there at the end.
        let onHand: Int64
    }

    /// One variant, two … five: three on average.
    private static let variantCounts = [15, 20, 30, 20, 15]
    /// No product has more variants.
    static let mostVariants = variantCounts.count
    /// What a rupee comes to in taka.
    private static let takaPerRupee = 1.4

    let index: Int
    let id: ID<Product>
    let vendor: SeedVendor
    /// Its place among all kinds of goods.
    let kind: Int
    let brand: String
    let colour: Int
    let material: Int
    let title: String
    let status: ProductStatus
    let createdAt: Date
    let variants: [Variant]
    /// For what rows alone need.
    let draw: Draw

    /// - Parameter vendors: all of the plan's.
    init(_ index: Int, of plan: SeedPlan, by vendors: [SeedVendor]) {
        var draw = Draw(plan.seed, .product, index)
        self.index = index
        let vendor = vendors[draw.skewed(vendors.count)]
        self.vendor = vendor
        let createdAt = plan.daysBefore(730 - 364 * (Double(index) + draw.fraction()) / Double(plan.products))
        self.createdAt = createdAt
        id = ID(uuid: draw.uuid(at: createdAt))
        kind = draw.below(Assortment.all.count)
        let (department, goods) = Assortment.all[kind]
        brand = draw.pick(Assortment.brands)
        colour = draw.below(Assortment.colours.count)
        material = draw.below(department.materials.count)
        let quality = draw.pick(Assortment.qualities)
        title =
            "\(brand) \(quality) \(Assortment.colours[colour]) \(department.materials[material]) \(goods.noun) \(100 + draw.below(900))"
        status = draw.chance(94) ? .active : draw.chance(50) ? .draft : .archived
        let count = draw.weighed(Self.variantCounts) + 1
        let spread = Double(goods.price.upperBound) / Double(goods.price.lowerBound)
        let rupees = Double(goods.price.lowerBound) * pow(spread, draw.fraction())
        let rate = vendor.currency == .bdt ? Self.takaPerRupee : 1
        let tail = String(index, radix: 36, uppercase: true)
        variants = (1...count).map { position in
            var own = Draw(plan.seed, .variant, index * Self.mostVariants + position)
            return Variant(
                id: ID(uuid: own.uuid(at: createdAt)), position: position,
                choices: count == 1 ? [] : [department.option.choices[position - 1]],
                sku: "\(goods.slug.prefix(3).uppercased())-\(tail)-\(position)",
                price: Self.price(rupees * rate * (1 + 0.12 * Double(position - 1))),
                weightGrams: own.within(goods.weight), onHand: own.chance(8) ? 0 : Int64(1 + own.skewed(120)))
        }
        self.draw = draw
    }

    var currency: Currency { vendor.currency }

    /// Nine less than a round price, as shops like it.
    private static func price(_ units: Double) -> Int64 { max(Int64((units / 10).rounded()) * 10 - 1, 9) * 100 }
}
