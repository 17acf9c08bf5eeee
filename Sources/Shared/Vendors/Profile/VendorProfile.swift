package import Addresses
package import Core
import Foundation
package import Media

/// To whom customers complain about a vendor; law asks for a person by name.
package struct GrievanceOfficer: Hashable, Sendable {
    /// What a name and a designation must be like.
    package static let name = TextRule(1...200, .line)

    package let name: String
    package let designation: String
    /// At least one of the two.
    package let email: EmailAddress?
    package let phone: PhoneNumber?

    package init(name: String, designation: String, email: EmailAddress?, phone: PhoneNumber?) {
        self.name = name
        self.designation = designation
        self.email = email
        self.phone = phone
    }
}

/// What customers read about a vendor beside its name.
package struct VendorProfile: Hashable, Sendable {
    /// What a description must be like.
    package static let description = TextRule(0...5_000, .lines)
    /// What a policy must be like.
    package static let policy = TextRule(0...20_000, .lines)

    package var description = ""
    package var logo: ID<MediaFile>?
    package var returnPolicy = ""
    package var shippingPolicy = ""
    package var supportEmail: EmailAddress?
    package var supportPhone: PhoneNumber?
    package var grievanceOfficer: GrievanceOfficer?
    package var registeredAddress: PostalAddress?

    package init() {}
}
