package import Core
package import Pricing
package import Vendors

/// How a line is taxed, as it was at the sale; what it comes to is told by the line's adjustments.
package struct LineTaxation: Hashable, Sendable {
    /// The Harmonised System's code.
    package let hsn: String?
    package let taxClass: String?
    /// Whether the unit price contains the taxes on it.
    package let isIncluded: Bool

    package init(hsn: String? = nil, taxClass: String? = nil, isIncluded: Bool = true) {
        self.hsn = hsn
        self.taxClass = taxClass
        self.isIncluded = isIncluded
    }
}

/// As what a vendor sold its part of an order, and where that is taxed.
package struct VendorTaxation: Hashable, Sendable {
    package struct Registration: Hashable, Sendable {
        package let id: ID<TaxRegistration>
        package let kind: RegistrationKind

        package init(id: ID<TaxRegistration>, kind: RegistrationKind) {
            self.id = id
            self.kind = kind
        }
    }

    /// nil: it sold under none.
    package let registration: Registration?
    /// The place of supply: ISO 3166-1 alpha-2, and a State's code of GSTINs or a district's of ISO 3166-2; nil where it is not known.
    package let supplyCountry: String?
    package let supplyRegion: String?
    /// What it owes the buyer on paper.
    package let documentDue: TaxDocumentKind

    package init(
        registration: Registration? = nil, supplyCountry: String? = nil, supplyRegion: String? = nil,
        documentDue: TaxDocumentKind = .bill
    ) {
        self.registration = registration
        self.supplyCountry = supplyCountry
        self.supplyRegion = supplyRegion
        self.documentDue = documentDue
    }

    package init(_ priced: PricedVendor) {
        let standing = priced.standing
        let registration: Registration? =
            if let id = standing.registration, let kind = standing.registrationKind {
                Registration(id: id, kind: kind)
            } else {
                nil
            }
        self.init(
            registration: registration, supplyCountry: priced.supplyCountry, supplyRegion: priced.supplyRegion,
            documentDue: priced.document)
    }
}
