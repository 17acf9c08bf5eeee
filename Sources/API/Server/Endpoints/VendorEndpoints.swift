import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Registrations
import Vendors

extension EndpointTag {
    static let vendors = EndpointTag("Vendors", "Who sells on the marketplace, and who asks to.")
}

extension ProblemType {
    static let vendorState = ProblemType(
        "vendor-state", 409, "The vendor’s status does not allow this", "`status` says where the vendor stands.")
    static let vendorUnidentified = ProblemType(
        "vendor-unidentified", 409, "The vendor has not said who it is",
        "Legal name, country and kind of the vendor come first.")
}

/// What is done to vendors as such.
enum VendorEndpoints {
    static let all: [Endpoint] =
        [create, list, read, update] + VendorApplicationEndpoints.all + VendorRegistrationEndpoints.all
        + VendorDocumentEndpoints.all + VendorLocationEndpoints.all + VendorPayoutEndpoints.all
        + VendorCommissionEndpoints.all + VendorProfileEndpoints.all

    static let create = Endpoint(
        .post, "/vendors", tag: .vendors, summary: "Create a vendor",
        description:
            "It may sell at once, without an application. It gets an encryption key of its own for its secrets.",
        policy: .require(.vendorsCreate),
        idempotency: .required, body: VendorCreateInput.self,
        returns: .created(VendorView.self, location: { "/vendors/\($0.vendor.id)" })
    ) { request, work, services in
        VendorView(
            vendor: try await services.vendors.create(request.body.vendor, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/vendors", tag: .vendors, summary: "List vendors, newest first",
        policy: .require(.vendorsRead, on: .vendor),
        query: VendorsQuery.self, returns: .page(of: VendorView.self)
    ) { request, services in
        let page = try await VendorStore().vendors(
            status: request.query.status, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(VendorView.init))
    }

    static let read = Endpoint(
        .get, "/vendors/{vendor_id}", ID<Vendor>.self, tag: .vendors, summary: "Read a vendor and its profile",
        policy: .require(.vendorsRead, on: .vendor),
        returns: .ok(VendorDetailsView.self, version: \.details.vendor.version)
    ) { request, services in
        let reach = request.principal.visibility
        guard let vendor = try await VendorStore().vendor(request.path, visibleTo: reach, in: services.postgres),
            let profile = try await ProfileStore().profile(of: request.path, visibleTo: reach, in: services.postgres)
        else { throw Problem.notFound("vendor") }
        return VendorDetailsView(details: VendorDetails(vendor: vendor, profile: profile))
    }

    static let update = Endpoint(
        .patch, "/vendors/{vendor_id}", ID<Vendor>.self, tag: .vendors, summary: "Edit a vendor and its profile",
        description: """
            What is left out stays as it is. Who the vendor is (`legal_name`, `country`, `kind`) it says while it applies; \
            afterwards the marketplace does. Old slugs still lead to it.
            """,
        policy: .require(.vendorsUpdate, on: .vendor), edit: .ifMatch, body: VendorUpdateInput.self,
        returns: .ok(VendorDetailsView.self, version: \.details.vendor.version),
        problems: [.slugTaken, .vendorState, .vendorUnidentified], bodyLimit: VendorUpdateInput.largestBody
    ) { request, work, services in
        VendorDetailsView(
            details: try await services.vendors.update(
                request.path, request.body.changes, version: request.expectedVersion, by: request.principal, in: work))
    }
}

struct VendorsQuery: APIInput {
    let status: VendorStatus?
    let page: PageRequest

    init(_ fields: inout Fields) {
        status = fields.optional("status", .oneOf(VendorStatus.self), "Only vendors of this status")
        page = fields.page()
    }
}

struct VendorCreateInput: APIInput {
    let vendor: NewVendor

    init(_ fields: inout Fields) {
        let legalName = fields.optional(
            "legal_name", .text(VendorIdentity.legalName), "Who contracts", example: "Lekha Software Limited")
        let country = fields.optional(
            "country", .text(VendorIdentity.country), "ISO 3166-1 alpha-2", example: "BD")
        let kind = fields.optional("kind", .oneOf(VendorKind.self), "What kind of person or body", example: .company)
        vendor = NewVendor(
            name: fields.required("name", .text(Vendor.name), "As customers know it", example: "Lekha Software, Dhaka"),
            email: fields.required("email", .email, "Where sales are announced", example: "sales@lekha.example"),
            identity: legalName.flatMap { name in
                country.flatMap { country in
                    kind.map { VendorIdentity(legalName: name, country: country, kind: $0) }
                }
            },
            commission: Commission(
                rate: Rate(
                    partsPerMillion: fields.required(
                        "commission_ppm", .integer(Commission.ratePPM),
                        "The marketplace’s share of a sale in parts per million; orders freeze it", example: 125_000)),
                fixed: fields.optional(
                    "commission_fixed", .money(Commission.fixedAmount), "For each line beside the share")))
        fields.check(
            (legalName == nil) == (country == nil) && (country == nil) == (kind == nil), "legal_name",
            code: "incomplete", "comes together with country and kind")
    }
}

struct VendorView: APIOutput {
    let vendor: Vendor

    static let example = VendorView(vendor: .example)

    func write(to out: inout ObjectWriter) { vendor.write(to: &out) }
}

struct VendorDetailsView: APIOutput {
    let details: VendorDetails

    static let example = VendorDetailsView(details: VendorDetails(vendor: .example, profile: .example))

    func write(to out: inout ObjectWriter) {
        details.vendor.write(to: &out)
        details.profile.write(to: &out)
    }
}

extension Vendor {
    static let example = Vendor(
        id: .example, name: "Lekha Software, Dhaka", slug: "lekha-software", email: .example, status: .active,
        identity: VendorIdentity(legalName: "Lekha Software Limited", country: "BD", kind: .company),
        holiday: Holiday(from: .example, until: .example + 7 * 86_400, message: "Back after Eid"), createdAt: .example)

    fileprivate func write(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("name", name, "As customers know it")
        out.field("slug", slug, "By which its public profile is found")
        out.field("email", email.rawValue, "Where sales are announced")
        out.field("status", status)
        out.field("legal_name", identity?.legalName, "Who contracts; null until it is known")
        out.field("country", identity?.country)
        out.field("kind", identity?.kind)
        out.field("holiday", holiday.map(HolidayView.init), "When nothing of it is for sale")
        out.field("mails_low_stock", mailsLowStock, "Whether members who may see stock are mailed when some is low")
        out.field("version", version, "Grows with every edit and decision; also the ETag")
        out.field("created_at", createdAt)
    }
}

struct HolidayView: APIOutput {
    let holiday: Holiday

    static let example = HolidayView(
        holiday: Holiday(from: .example, until: .example + 7 * 86_400, message: "Back after Eid"))

    func write(to out: inout ObjectWriter) {
        out.field("from", holiday.from)
        out.field("until", holiday.until, "The first moment at which it is over")
        out.field("message", holiday.message, "For customers")
    }
}
