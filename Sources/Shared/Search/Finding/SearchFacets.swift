package import Catalog
package import Core
package import Foundation
package import Vendors

/// What a search can be narrowed by, and how much there is of each. Of every kind the most frequent values.
package struct SearchFacets: Hashable, Sendable {
    package struct CategoryCount: Hashable, Sendable {
        package let id: ID<Catalog.Category>
        package let name: String
        package let count: Int64

        package init(id: ID<Catalog.Category>, name: String, count: Int64) {
            self.id = id
            self.name = name
            self.count = count
        }
    }

    package struct VendorCount: Hashable, Sendable {
        package let id: ID<Vendor>
        package let name: String
        package let count: Int64

        package init(id: ID<Vendor>, name: String, count: Int64) {
            self.id = id
            self.name = name
            self.count = count
        }
    }

    package struct CountryCount: Hashable, Sendable {
        package let code: String
        package let count: Int64

        package init(code: String, count: Int64) {
            self.code = code
            self.count = count
        }
    }

    package struct AttributeCounts: Hashable, Sendable {
        package struct Choice: Hashable, Sendable {
            package let code: String
            package let name: String
            package let count: Int64

            package init(code: String, name: String, count: Int64) {
                self.code = code
                self.name = name
                self.count = count
            }
        }

        package let code: String
        package let name: String
        package let choices: [Choice]

        package init(code: String, name: String, choices: [Choice]) {
            self.code = code
            self.name = name
            self.choices = choices
        }
    }

    package struct PriceCounts: Hashable, Sendable {
        /// From an amount on and below another.
        package struct Range: Hashable, Sendable {
            package let from: Int64
            /// nil for all above.
            package let below: Int64?
            package let count: Int64

            package init(from: Int64, below: Int64?, count: Int64) {
                self.from = from
                self.below = below
                self.count = count
            }
        }

        package let currency: Currency
        package let lowest: Int64
        package let highest: Int64
        /// In their order, those without a match left out.
        package let ranges: [Range]

        package init(currency: Currency, lowest: Int64, highest: Int64, ranges: [Range]) {
            self.currency = currency
            self.lowest = lowest
            self.highest = highest
            self.ranges = ranges
        }
    }

    /// How many attributes are told of.
    static let mostAttributes = 20

    /// At the root, beside and below those that were chosen.
    package internal(set) var categories: [CategoryCount] = []
    package internal(set) var vendors: [VendorCount] = []
    package internal(set) var countries: [CountryCount] = []
    package internal(set) var attributes: [AttributeCounts] = []
    package internal(set) var inStock: Int64 = 0
    /// nil where no currency was named, or nothing has a price in it.
    package internal(set) var price: PriceCounts?
    /// Whether some counts are estimates: of what would match without one of the filters, perhaps.
    package internal(set) var isApproximate: Bool

    package init(
        categories: [CategoryCount] = [], vendors: [VendorCount] = [], countries: [CountryCount] = [],
        attributes: [AttributeCounts] = [], inStock: Int64 = 0, price: PriceCounts? = nil,
        isApproximate: Bool = false
    ) {
        self.categories = categories
        self.vendors = vendors
        self.countries = countries
        self.attributes = attributes
        self.inStock = inStock
        self.price = price
        self.isApproximate = isApproximate
    }
}

/// Where ranges of prices begin: 1, 2 and 5 of each power of ten, in the currency's larger unit.
enum PriceSteps {
    static func steps(in currency: Currency) -> [Int64] {
        let unit = (0..<currency.exponent).reduce(Int64(1)) { unit, _ in unit * 10 }
        var steps: [Int64] = [0]
        var power = unit
        for _ in 0..<9 {
            steps += [power, 2 * power, 5 * power]
            power *= 10
        }
        return steps
    }
}

/// Makes facets of counts and names.
struct FacetAssembly {
    let counts: [FacetSQL.Count]
    let conditions: Conditions
    let sampling: Sampling

    var total: Int64 { sampling.estimate(value(of: "total") ?? 0, without: .nothing) }

    /// The facets that are told of; a kind that has been narrowed by is told of as if it had not.
    func told() -> [(key: FacetKey, count: Int64)] {
        let groups = conditions.groups.map(\.subject)
        return counts.compactMap { count in
            guard let kind = FacetKey.Kind(rawValue: count.kind) else { return nil }
            let key = FacetKey(kind: kind, subject: count.subject, code: count.code)
            let own = groups.firstIndex { $0 == subject(of: key) }
            guard count.group.map(Int.init) == own else { return nil }
            let omission = own.map(Conditions.Omission.group) ?? .nothing
            return (key, sampling.estimate(count.number, without: omission))
        }
    }

    /// The first page, where it was asked for, in its order.
    func entries(in order: SearchPosition.Order) -> [SearchPosition] {
        let entries = counts.filter { $0.kind == "entry" }.compactMap { count in
            count.subject.map { SearchPosition(order: order, key: count.number, product: $0) }
        }
        return entries.sorted { order.isAscending ? $0.isBefore($1) : $1.isBefore($0) }
    }

    private func subject(of key: FacetKey) -> Conditions.Group.Subject? {
        switch key.kind {
        case .category: .category
        case .vendor: .vendor
        case .country: .country
        case .stock: .stock
        case .attribute: key.subject.map { .attribute($0) }
        }
    }

    func facets(_ told: [(key: FacetKey, count: Int64)], names: [FacetNames.Row], currency: Currency?) -> SearchFacets {
        var facets = SearchFacets()
        let named = Dictionary(names.map { (Int($0.place) - 1, $0) }, uniquingKeysWith: { first, _ in first })
        var attributes: [UUID: (row: FacetNames.Row, choices: [SearchFacets.AttributeCounts.Choice])] = [:]
        for (index, entry) in told.enumerated() {
            let (key, count) = entry
            let row = named[index]
            switch key.kind {
            case .stock: facets.inStock = count
            case .country: facets.countries.append(SearchFacets.CountryCount(code: key.code, count: count))
            case .category:
                guard let id = key.subject, let name = row?.name else { continue }
                facets.categories.append(SearchFacets.CategoryCount(id: ID(uuid: id), name: name, count: count))
            case .vendor:
                guard let id = key.subject, let name = row?.name else { continue }
                facets.vendors.append(SearchFacets.VendorCount(id: ID(uuid: id), name: name, count: count))
            case .attribute:
                guard let id = key.subject, let row, let name = row.name else { continue }
                let choice = SearchFacets.AttributeCounts.Choice(code: key.code, name: name, count: count)
                attributes[id, default: (row, [])].choices.append(choice)
            }
        }
        facets.categories.sort { ($1.count, $0.id) < ($0.count, $1.id) }
        facets.vendors.sort { ($1.count, $0.id) < ($0.count, $1.id) }
        facets.countries.sort { ($1.count, $0.code) < ($0.count, $1.code) }
        facets.attributes = Self.attributes(attributes.values.map { ($0.row, $0.choices) })
        facets.price = currency.flatMap(price)
        facets.isApproximate = sampling.isOfAnything
        return facets
    }

    private static func attributes(
        _ attributes: [(FacetNames.Row, [SearchFacets.AttributeCounts.Choice])]
    ) -> [SearchFacets.AttributeCounts] {
        let counts = attributes.map { row, choices in
            SearchFacets.AttributeCounts(
                code: row.attributeCode ?? "", name: row.attributeName ?? "",
                choices: choices.sorted { ($1.count, $0.code) < ($0.count, $1.code) })
        }
        let sums = counts.map { ($0.choices.reduce(0) { $0 + $1.count }, $0) }
        return sums.sorted { ($1.0, $0.1.code) < ($0.0, $1.1.code) }.prefix(SearchFacets.mostAttributes).map(\.1)
    }

    private func price(in currency: Currency) -> SearchFacets.PriceCounts? {
        guard let lowest = value(of: "lowest"), let highest = value(of: "highest") else { return nil }
        let steps = PriceSteps.steps(in: currency)
        let omission: Conditions.Omission = conditions.hasPriceRange ? .price : .nothing
        let counted = counts.compactMap { count -> (Int, Int64)? in
            guard count.kind == "price", let step = Int(count.code), steps.indices.contains(step - 1) else {
                return nil
            }
            return (step - 1, sampling.estimate(count.number, without: omission))
        }
        let ranges = counted.sorted { $0.0 < $1.0 }.map { step, number in
            SearchFacets.PriceCounts.Range(
                from: steps[step], below: step + 1 < steps.count ? steps[step + 1] : nil, count: number)
        }
        return SearchFacets.PriceCounts(currency: currency, lowest: lowest, highest: highest, ranges: ranges)
    }

    private func value(of kind: String) -> Int64? { counts.first { $0.kind == kind }?.number }
}
