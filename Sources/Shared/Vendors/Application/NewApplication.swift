package import Core

/// What somebody enters who wants to sell.
package struct NewApplication: Hashable, Sendable {
    /// How many registrations and places can come with it; more can follow.
    package static let attachments = 0...20

    package let name: String
    /// nil: one is made of the name.
    package let slug: String?
    package let email: String
    package let identity: VendorIdentity
    /// What customers will read, as far as it is known.
    package let profile: VendorChanges
    package let registrations: [NewRegistration]
    package let locations: [NewPickupLocation]

    package init(
        name: String, slug: String? = nil, email: String, identity: VendorIdentity,
        profile: VendorChanges = VendorChanges(), registrations: [NewRegistration] = [],
        locations: [NewPickupLocation] = []
    ) {
        self.name = name
        self.slug = slug
        self.email = email
        self.identity = identity
        self.profile = profile
        self.registrations = registrations
        self.locations = locations
    }
}
