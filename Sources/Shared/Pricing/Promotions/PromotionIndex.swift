import Catalog
import Core
import Vendors

/// The promotions there are, in the order in which they go, and which of them goods are in the scope of. Looking goods up takes time
/// for what they are in, not for how many promotions there are.
struct PromotionIndex: Sendable {
    struct Entry: Sendable {
        let promotion: Promotion
        /// As adjustments name where they came from.
        let source: String
        let usage: PromotionUsage
    }

    /// The greatest priority first, then the oldest.
    let entries: [Entry]
    let places: [ID<Promotion>: Int]
    private let byProduct: [ID<Product>: [Int]]
    private let byCollection: [ID<ProductCollection>: [Int]]
    private let byCategory: [ID<Category>: [Int]]
    private let withoutGoods: [Int]

    init(_ promotions: [Promotion], usage: [ID<Promotion>: PromotionUsage]) {
        entries = promotions.sorted {
            ($1.terms.stacking.priority, $0.id) < ($0.terms.stacking.priority, $1.id)
        }.map { Entry(promotion: $0, source: "promotion:\($0.id)", usage: usage[$0.id] ?? PromotionUsage()) }
        var products: [ID<Product>: [Int]] = [:]
        var collections: [ID<ProductCollection>: [Int]] = [:]
        var categories: [ID<Category>: [Int]] = [:]
        var withoutGoods: [Int] = []
        for (place, entry) in entries.enumerated() {
            let scope = entry.promotion.terms.scope
            for product in scope.products { products[product, default: []].append(place) }
            for collection in scope.collections { collections[collection, default: []].append(place) }
            for category in scope.categories { categories[category, default: []].append(place) }
            if !scope.namesGoods { withoutGoods.append(place) }
        }
        byProduct = products
        byCollection = collections
        byCategory = categories
        self.withoutGoods = withoutGoods
        places = Dictionary(
            entries.enumerated().map { ($1.promotion.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The lines in each promotion's scope, in their order.
    /// - Parameter wanted: whether to look at a promotion at all.
    func lines(of request: PricingRequest, _ wanted: [Bool]) -> [[Int]] {
        var found = [[Int]](repeating: [], count: entries.count)
        for (line, item) in request.lines.enumerated() {
            let subject = item.subject
            func note(_ places: [Int]?) {
                for place in places ?? [] where wanted[place] && found[place].last != line {
                    let promotion = entries[place].promotion
                    let scope = promotion.terms.scope
                    guard promotion.vendor == nil || promotion.vendor == subject.vendor,
                        scope.vendors.isEmpty || scope.vendors.contains(subject.vendor),
                        scope.excludedProducts.isEmpty || !scope.excludedProducts.contains(subject.product)
                    else { continue }
                    found[place].append(line)
                }
            }
            note(withoutGoods)
            note(byProduct[subject.product])
            for collection in subject.collections { note(byCollection[collection]) }
            for category in subject.categories { note(byCategory[category]) }
        }
        return found
    }
}
