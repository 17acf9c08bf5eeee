import Addresses
import Core
import Endpoints
import Foundation
import Media
import Vendors

struct VendorUpdateInput: APIInput {
    /// Holds a description and two policies of which each character is escaped, which takes six bytes.
    static let largestBody = 320 << 10

    let changes: VendorChanges

    init(_ fields: inout Fields) {
        var changes = VendorChanges()
        changes.name =
            fields.change("name", .text(Vendor.name), "As customers know it", example: "Lekha Software").value
        changes.slug = fields.change("slug", .text(Slug.vendorRule), "By which its public profile is found").value
        changes.email = fields.change("email", .email, "Where sales are announced").value
        changes.legalName = fields.change("legal_name", .text(VendorIdentity.legalName), "Who contracts").value
        changes.country = fields.change("country", .text(VendorIdentity.country), "ISO 3166-1 alpha-2").value
        changes.kind = fields.change("kind", .oneOf(VendorKind.self), "What kind of person or body").value
        changes.holiday = fields.change(
            "holiday", .nullable(.object(HolidayCreateInput.self)), "When nothing of it is for sale; null ends it"
        ).edit(\.holiday)
        changes.mailsLowStock =
            fields.change(
                "mails_low_stock", .boolean, "Whether members who may see stock are mailed when some is low"
            ).value
        changes.readProfile(&fields)
        self.changes = changes
    }
}

extension VendorChanges {
    /// What customers read, the same in an application and in an edit.
    mutating func readProfile(_ fields: inout Fields) {
        description = fields.change("description", .text(VendorProfile.description), "About the vendor").value
        logo = fields.change("logo_media_id", .nullable(.id(MediaFile.self)), "A public picture").edit(\.self)
        returnPolicy = fields.change("return_policy", .text(VendorProfile.policy), "What comes back, and how").value
        shippingPolicy = fields.change("shipping_policy", .text(VendorProfile.policy), "How and when it ships").value
        supportEmail = fields.change("support_email", .nullable(.email), "For customers").edit(\.self)
        supportPhone = fields.change("support_phone", .nullable(.phone), "For customers").edit(\.self)
        grievanceOfficer = fields.change(
            "grievance_officer", .nullable(.object(GrievanceOfficerCreateInput.self)), "To whom customers complain"
        ).edit(\.officer)
        registeredAddress = fields.change(
            "registered_address", .nullable(.object(VendorAddressCreateInput.self)), "Where the vendor is registered"
        ).edit(\.address)
    }
}

extension Change {
    /// The edit of a field that may be empty, made of what its kind has read.
    fileprivate func edit<Read, Entered: Hashable & Sendable>(
        _ entered: (Read) -> Entered
    ) -> Edit<Entered> where Value == Read? {
        switch self {
        case .keep: .keep
        case .set(nil): .clear
        case .set(let read?): .set(entered(read))
        }
    }
}

struct HolidayCreateInput: APIInput {
    let holiday: Holiday

    init(_ fields: inout Fields) {
        holiday = Holiday(
            from: fields.required("from", .date, "Its first moment", example: .example),
            until: fields.required("until", .date, "The first moment at which it is over", example: .example + 86_400),
            message: fields.optional("message", .text(Holiday.message), "For customers", default: ""))
    }
}

struct GrievanceOfficerCreateInput: APIInput {
    let officer: NewGrievanceOfficer

    init(_ fields: inout Fields) {
        officer = NewGrievanceOfficer(
            name: fields.required("name", .text(GrievanceOfficer.name), "Who it is", example: "Karim Uddin"),
            designation: fields.required(
                "designation", .text(GrievanceOfficer.name), "What they are there", example: "Grievance officer"),
            email: fields.optional("email", .email, "This or a telephone number", example: "complaints@lekha.example"),
            phone: fields.optional("phone", .phone, "With the country code", example: "+8801712345678"))
    }
}

struct VendorAddressCreateInput: APIInput {
    let address: NewPostalAddress

    init(_ fields: inout Fields) {
        address = NewPostalAddress(
            line1: fields.required(
                "line1", .text(NewPostalAddress.required), "Street and house", example: "12 Lake Road"),
            line2: fields.optional("line2", .text(NewPostalAddress.optional), "Flat, floor"),
            landmark: fields.optional("landmark", .text(NewPostalAddress.optional), "What it lies near"),
            city: fields.optional("city", .text(NewPostalAddress.required), "Required in India"),
            state: fields.optional(
                "state", .text(NewPostalAddress.region), "Required in India: its code, its name or its letters"),
            upazila: fields.optional(
                "upazila", .text(NewPostalAddress.required), "Required in Bangladesh: upazila or thana",
                example: "Gulshan"),
            district: fields.optional(
                "district", .text(NewPostalAddress.region), "Required in Bangladesh: its name or its code",
                example: "Dhaka"),
            postalCode: fields.optional(
                "postal_code", .text(NewPostalAddress.postalCode), "Required in India", example: "1212"))
    }
}
