package import Core
package import Foundation
import Postgres
package import Values

/// What a rate is of, as the law names it: which heads come of it depends on where goods go.
package enum RateHead: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    /// India's goods and services tax, as a whole.
    case gst
    case cess
    case vat
    case supplementaryDuty = "sd"
}

/// How one country taxes one class of goods, or those of a heading, for a time. It is never changed: it ends, and another begins.
package struct TaxRate: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "txr"

    /// Nothing to tenfold.
    package static let ratePPM = 0...10_000_000
    /// Where the rate stands written.
    package static let source = TextRule(1...500, .line)

    /// What it is for.
    package enum Goods: Hashable, Sendable {
        case taxClass(String)
        /// Goods whose code in the Harmonised System begins so.
        case heading(String)
    }

    /// For which taxable value of one unit.
    package struct Band: Hashable, Sendable {
        package static let any = Band(above: nil, upTo: nil)

        /// Not itself.
        package let above: Int64?
        /// Itself as well.
        package let upTo: Int64?

        package init(above: Int64?, upTo: Int64?) {
            self.above = above
            self.upTo = upTo
        }
    }

    package let id: ID<TaxRate>
    /// ISO 3166-1 alpha-2.
    package let country: String
    package let goods: Goods
    package let head: RateHead
    package let rate: Rate
    package let band: Band
    /// Of the band's amounts.
    package let bandCurrency: Currency?
    package let validFrom: CivilDate
    /// The first day on which it does not hold any more.
    package let validTo: CivilDate?
    package let source: String
    package let recordedAt: Date

    package init(
        id: ID<TaxRate>, country: String, goods: Goods, head: RateHead, rate: Rate, band: Band = .any,
        bandCurrency: Currency? = nil, validFrom: CivilDate, validTo: CivilDate? = nil, source: String,
        recordedAt: Date
    ) {
        self.id = id
        self.country = country
        self.goods = goods
        self.head = head
        self.rate = rate
        self.band = band
        self.bandCurrency = bandCurrency
        self.validFrom = validFrom
        self.validTo = validTo
        self.source = source
        self.recordedAt = recordedAt
    }

    func isValid(onDay day: Int) -> Bool {
        validFrom.daysSinceEpoch <= day && (validTo.map { day < $0.daysSinceEpoch } ?? true)
    }
}

/// How taxes are reckoned in one country.
package struct TaxJurisdiction: Hashable, Sendable {
    package enum Scheme: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        /// The Union's and the State's halves within a State, one integrated tax across; a cess beside them.
        case indianGST = "gst_india"
        /// One tax on the price and the supplementary duty that comes before it.
        case vat

        /// The rates that it reckons with.
        package var heads: Set<RateHead> {
            switch self {
            case .indianGST: [.gst, .cess]
            case .vat: [.vat, .supplementaryDuty]
            }
        }

        /// The one that all goods have, be it at nothing.
        var mainHead: RateHead {
            switch self {
            case .indianGST: .gst
            case .vat: .vat
            }
        }
    }

    package let country: String
    package let scheme: Scheme
    /// By whose clocks rates begin and end.
    package let timeZone: TimeZone
    /// Of goods that nobody has given a class; nil: they are not taxed.
    package let defaultClass: String?
    /// Of the marketplace's own services.
    package let serviceClass: String?
    /// Union Territories without a legislature, which levy UTGST.
    package let territories: Set<String>

    package init(
        country: String, scheme: Scheme, timeZone: TimeZone, defaultClass: String?, serviceClass: String?,
        territories: Set<String> = []
    ) {
        self.country = country
        self.scheme = scheme
        self.timeZone = timeZone
        self.defaultClass = defaultClass
        self.serviceClass = serviceClass
        self.territories = territories
    }

    /// Counted from 1970-01-01.
    func day(of time: Date) -> Int {
        let local = time.timeIntervalSince1970 + Double(timeZone.secondsFromGMT(for: time))
        return Int((local / 86_400).rounded(.down))
    }
}
