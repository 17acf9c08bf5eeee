package import Foundation
import Postgres
package import Vendors

/// As what the marketplace sells its own services.
package struct ServiceSeller: Hashable, Sendable {
    package struct Registration: Hashable, Sendable {
        package let kind: RegistrationKind
        package let number: String

        package init(kind: RegistrationKind, number: String) {
            self.kind = kind
            self.number = number
        }
    }

    package static let unknown = ServiceSeller(country: nil, region: nil)

    /// ISO 3166-1 alpha-2; nil where it is not said: then its services are not taxed.
    package let country: String?
    package let region: String?
    /// nil: it charges no tax.
    package let registration: Registration?

    package init(country: String?, region: String?, registration: Registration? = nil) {
        self.country = country
        self.region = region
        self.registration = registration
    }

    package var standing: TaxStanding {
        TaxStanding(
            kind: registration?.kind.standing ?? .unregistered, country: country, region: region, crossesRegions: true,
            registrationKind: registration?.kind)
    }
}

/// How the marketplace prices.
package struct PricingSettings: Hashable, Sendable {
    /// How delivery that a vendor charges for is taxed where its goods have several rates.
    package enum CompositeCharges: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        /// In proportion to the goods' value, each part as its goods.
        case proRata = "pro_rata"
        /// All of it as the goods with the highest rate.
        case highestRate = "highest_rate"
    }

    /// Which discounts make the taxable value smaller.
    package enum TaxableDiscounts: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        /// Those that whoever supplies gives himself. What another pays for him is part of the price.
        case supplier
        case all
    }

    /// By whose clocks promotions have their hours.
    package let timeZone: TimeZone
    package let seller: ServiceSeller
    package let compositeCharges: CompositeCharges
    package let taxableDiscounts: TaxableDiscounts
    /// Whether prices of the catalogue contain the taxes on them.
    package let pricesIncludeTax: Bool
    /// What totals are whole multiples of, in minor units, such as 100 for whole rupees; nil: they are not rounded.
    package let totalsMultipleOf: Int64?
    package let version: Int64

    package init(
        timeZone: TimeZone, seller: ServiceSeller = .unknown, compositeCharges: CompositeCharges = .proRata,
        taxableDiscounts: TaxableDiscounts = .supplier, pricesIncludeTax: Bool = true, totalsMultipleOf: Int64? = nil,
        version: Int64 = 1
    ) {
        self.timeZone = timeZone
        self.seller = seller
        self.compositeCharges = compositeCharges
        self.taxableDiscounts = taxableDiscounts
        self.pricesIncludeTax = pricesIncludeTax
        self.totalsMultipleOf = totalsMultipleOf
        self.version = version
    }
}
