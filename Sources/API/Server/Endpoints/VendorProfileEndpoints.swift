import Addresses
import Core
import EdgeCache
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Registrations
import Vendors

/// What everybody reads about vendors.
enum VendorProfileEndpoints {
    static let all: [Endpoint] = [read]

    static let read = Endpoint(
        .get, "/vendor_profiles/{slug}", PathName.self, tag: .vendors, summary: "Read who sells",
        description: """
            With what buyers have to be shown: legal name, address, registrations, licences and whom to complain to. \
            A slug that the vendor had before finds it, too; `slug` is then another one than was asked for.
            """,
        policy: .anyone(.storefront),
        returns: .ok(VendorProfileView.self).shared { [.vendor($0.found.vendor.id)] }
    ) { request, services in
        let found = try await services.vendors.readPublicProfile(request.path.value, in: services.postgres)
        guard let found else { throw Problem.notFound("vendor") }
        return VendorProfileView(found: found)
    }
}

struct VendorProfileView: APIOutput {
    let found: PublicProfile

    static let example = VendorProfileView(
        found: PublicProfile(
            vendor: .example, profile: .example, registrations: [VendorRegistrationView.example.registration],
            licences: [VendorDocumentView.example.document], isSelling: true))

    func write(to out: inout ObjectWriter) {
        out.field("id", found.vendor.id)
        out.field("name", found.vendor.name)
        out.field("slug", found.vendor.slug, "The one to link to")
        out.field("is_selling", found.isSelling, "Whether its goods can be bought now")
        out.field("holiday", found.vendor.holiday.map(HolidayView.init), "When nothing of it is for sale")
        out.field("legal_name", found.vendor.identity?.legalName, "Who contracts")
        out.field("country", found.vendor.identity?.country)
        found.profile.write(to: &out)
        out.field("registrations", found.registrations.map(PublicRegistrationView.init), "With tax offices")
        out.field("licences", found.licences.map(LicenceView.init), "To trade")
    }
}

/// What buyers see of a tax registration.
struct PublicRegistrationView: APIOutput {
    let registration: TaxRegistration

    static let example = PublicRegistrationView(registration: VendorRegistrationView.example.registration)

    func write(to out: inout ObjectWriter) {
        out.field("kind", registration.kind)
        out.field("number", registration.number)
        out.field("state", registration.region, "The State of one that is one State’s")
    }
}

/// What buyers see of a licence.
struct LicenceView: APIOutput {
    let document: VendorDocument

    static let example = LicenceView(document: VendorDocumentView.example.document)

    func write(to out: inout ObjectWriter) {
        out.field("kind", document.kind)
        out.field("number", document.wholeNumber)
        out.field("authority", document.authority, "Who has given it out")
        out.field("expires_on", document.expiresOn, "Its last day")
    }
}

extension VendorProfile {
    static let example: VendorProfile = {
        var profile = VendorProfile()
        profile.description = "Software with keys that arrive at once."
        profile.logo = .example
        profile.returnPolicy = "Keys that were not revealed, within seven days."
        profile.shippingPolicy = "Boxes leave within a day."
        profile.supportEmail = .example
        profile.supportPhone = .example
        profile.grievanceOfficer = GrievanceOfficer(
            name: "Karim Uddin", designation: "Grievance officer", email: .example, phone: nil)
        profile.registeredAddress = .example
        return profile
    }()

    func write(to out: inout ObjectWriter) {
        out.field("description", description)
        out.field("logo_media_id", logo)
        out.field("return_policy", returnPolicy)
        out.field("shipping_policy", shippingPolicy)
        out.field("support_email", supportEmail?.rawValue)
        out.field("support_phone", supportPhone?.rawValue)
        out.field("grievance_officer", grievanceOfficer.map(GrievanceOfficerView.init), "To whom customers complain")
        out.field("registered_address", registeredAddress.map(VendorAddressView.init))
    }
}

struct GrievanceOfficerView: APIOutput {
    let officer: GrievanceOfficer

    static let example = GrievanceOfficerView(
        officer: GrievanceOfficer(name: "Karim Uddin", designation: "Grievance officer", email: .example, phone: nil))

    func write(to out: inout ObjectWriter) {
        out.field("name", officer.name)
        out.field("designation", officer.designation)
        out.field("email", officer.email?.rawValue)
        out.field("phone", officer.phone?.rawValue)
    }
}

struct VendorAddressView: APIOutput {
    let address: PostalAddress

    static let example = VendorAddressView(address: .example)

    func write(to out: inout ObjectWriter) {
        out.field("country", address.market.rawValue)
        out.field("line1", address.line1)
        out.field("line2", address.line2)
        out.field("landmark", address.landmark)
        switch address.place {
        case .india(let city, let state, let pin):
            place(&out, city: city, state: state, postalCode: pin.text)
        case .bangladesh(let upazila, let district, let postalCode):
            place(&out, upazila: upazila, district: district, postalCode: postalCode)
        }
    }

    private func place(
        _ out: inout ObjectWriter, city: String? = nil, state: String? = nil, upazila: String? = nil,
        district: String? = nil, postalCode: String?
    ) {
        out.field("city", city)
        out.field("state", state, "In India: the code of GSTINs")
        out.field("upazila", upazila, "In Bangladesh: upazila or thana")
        out.field("district", district, "In Bangladesh: ISO 3166-2")
        out.field("postal_code", postalCode)
    }
}

extension PostalAddress {
    static let example = PostalAddress(
        line1: "12 Lake Road", landmark: "Behind the mosque",
        place: .bangladesh(upazila: "Gulshan", district: "BD-13", postalCode: "1212"))
}
