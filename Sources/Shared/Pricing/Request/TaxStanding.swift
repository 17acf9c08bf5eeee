package import Core
package import Vendors

/// As what somebody sells: a vendor from where it dispatches, or the marketplace its own services.
package struct TaxStanding: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Charges tax.
        case regular
        /// India: pays a share of its turnover and charges none.
        case composition
        /// India: too small to register, enrolled to sell through a marketplace.
        case enrolled
        case unregistered
    }

    package let kind: Kind
    /// ISO 3166-1 alpha-2; nil where it is not known: then nothing is taxed and nothing refused.
    package let country: String?
    /// Of the registration, else of the place.
    package let region: String?
    /// Whether it may sell to other regions of the country and abroad.
    package let crossesRegions: Bool
    package let registration: ID<TaxRegistration>?
    package let registrationKind: RegistrationKind?

    package init(
        kind: Kind, country: String?, region: String?, crossesRegions: Bool,
        registration: ID<TaxRegistration>? = nil, registrationKind: RegistrationKind? = nil
    ) {
        self.kind = kind
        self.country = country
        self.region = region
        self.crossesRegions = crossesRegions
        self.registration = registration
        self.registrationKind = registrationKind
    }

    /// Of somebody of whom nothing is known.
    package static let unknown = TaxStanding(kind: .unregistered, country: nil, region: nil, crossesRegions: true)
}

extension RegistrationKind {
    /// As what its holder sells; nil where it says nothing about that.
    package var standing: TaxStanding.Kind? {
        switch self {
        case .gstin, .bin: .regular
        case .gstComposition: .composition
        case .gstEnrolment: .enrolled
        case .pan, .etin: nil
        }
    }
}
