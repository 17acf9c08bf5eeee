import Core
import Foundation

/// The jurisdictions and rates there are, found by place, day and goods.
struct TaxTable: Sendable {
    /// What is looked at for one line: rates in a table of one jurisdiction on one day.
    struct Day: Sendable {
        let jurisdiction: TaxJurisdiction
        fileprivate let number: Int
    }

    private struct Goods: Hashable, Sendable {
        let country: String
        let goods: TaxRate.Goods
    }

    fileprivate struct Row: Sendable {
        let rate: TaxRate
        let entry: RateSet.Entry
    }

    private let jurisdictions: [String: TaxJurisdiction]
    private let rows: [Goods: [Row]]

    init(jurisdictions: [TaxJurisdiction], rates: [TaxRate]) {
        self.jurisdictions = Dictionary(jurisdictions.map { ($0.country, $0) }, uniquingKeysWith: { $1 })
        rows = Dictionary(
            grouping: rates.map { rate in
                let entry = RateSet.Entry(
                    head: rate.head, ppm: rate.rate.partsPerMillion, source: "tax_rate:\(rate.id)", rate: rate.id)
                return Row(rate: rate, entry: entry)
            }, by: { Goods(country: $0.rate.country, goods: $0.rate.goods) })
    }

    /// How a country taxes at a time; nil for one that nothing is known of.
    func day(in country: String, at time: Date) -> Day? {
        jurisdictions[country].map { Day(jurisdiction: $0, number: $0.day(of: time)) }
    }

    /// What rates may hold for goods: of each head those of the longest heading that has any, else those of the class.
    struct Candidates: Sendable {
        fileprivate var rows: [RateHead: [Row]] = [:]
        /// Whether there is a class, named or standing in for one, and yet no rate of the tax that everything has.
        fileprivate(set) var isMissing = false

        /// Whether every unit price has the same rates.
        var areFlat: Bool { rows.values.allSatisfy { $0.count == 1 && $0[0].rate.band == .any } }

        var flat: RateSet { RateSet(RateHead.allCases.compactMap { rows[$0]?.first?.entry }) }

        /// The steps at which a rate may change, in minor units for one unit.
        fileprivate var bounds: [Int64] {
            Set(rows.values.joined().flatMap { [$0.rate.band.above, $0.rate.band.upTo].compactMap(\.self) }).sorted()
        }

        /// The rates for a unit price above one bound and up to another, and the bounds; the lowest first.
        var bands: [(band: TaxRate.Band, rates: RateSet)] {
            let bounds = bounds
            return (0...bounds.count).compactMap { index in
                let band = TaxRate.Band(
                    above: index == 0 ? nil : bounds[index - 1], upTo: index == bounds.count ? nil : bounds[index])
                let entries = RateHead.allCases.compactMap { head -> RateSet.Entry? in
                    rows[head]?.first { $0.rate.band.contains(band) }?.entry
                }
                return entries.count == rows.count ? (band, RateSet(entries)) : nil
            }
        }
    }

    /// - Parameters:
    ///   - taxClass: nil, or another country's: the jurisdiction's default stands in.
    ///   - currency: of the price: bands in another one can't be told.
    func candidates(taxClass: String?, hsn: String?, currency: Currency, on day: Day) -> Candidates {
        let country = day.jurisdiction.country
        var found = Candidates()
        func add(_ goods: TaxRate.Goods) -> Bool {
            guard let all = rows[Goods(country: country, goods: goods)] else { return false }
            let valid = all.filter { row in
                row.rate.isValid(onDay: day.number)
                    && (row.rate.band == .any || row.rate.bandCurrency == currency)
            }
            for (head, rows) in Dictionary(grouping: valid, by: \.rate.head) where found.rows[head] == nil {
                found.rows[head] = rows
            }
            return true
        }
        if let hsn {
            for length in stride(from: hsn.utf8.count, through: 2, by: -2) {
                _ = add(.heading(String(hsn.prefix(length))))
            }
        }
        let standIn = day.jurisdiction.defaultClass
        let isKnown = taxClass.map { add(.taxClass($0)) } ?? false
        if !isKnown, let standIn { _ = add(.taxClass(standIn)) }
        found.isMissing = found.rows[day.jurisdiction.scheme.mainHead] == nil && (isKnown || standIn != nil)
        return found
    }
}

extension TaxRate.Band {
    /// Whether every unit price of another band is in this one.
    fileprivate func contains(_ other: TaxRate.Band) -> Bool {
        let isAbove = above.map { bound in other.above.map { $0 >= bound } ?? false } ?? true
        let isBelow = upTo.map { bound in other.upTo.map { $0 <= bound } ?? false } ?? true
        return isAbove && isBelow
    }
}
