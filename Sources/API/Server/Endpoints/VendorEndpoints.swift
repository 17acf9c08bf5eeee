import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

extension EndpointTag {
    static let vendors = EndpointTag("Vendors", "Who sells on the marketplace.")
}

/// What operators do to vendors.
enum VendorEndpoints {
    static let all: [Endpoint] = [create, list, read]

    static let create = Endpoint(
        .post, "/vendors", tag: .vendors, summary: "Create a vendor",
        description: "The vendor gets an encryption key of its own for its licence keys.",
        policy: .require(.vendorsCreate),
        idempotency: .required, body: VendorCreateInput.self,
        returns: .created(VendorView.self, location: { "/vendors/\($0.vendor.id)" })
    ) { request, work, services in
        VendorView(
            vendor: try await services.commerce.createVendor(request.body.vendor, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/vendors", tag: .vendors, summary: "List vendors, newest first",
        policy: .require(.vendorsRead, on: .vendor),
        query: PageQuery.self, returns: .page(of: VendorView.self)
    ) { request, services in
        let page = try await services.commerce.vendors.vendors(
            page: request.query.page, visibleTo: request.principal.visibility, in: services.postgres)
        return PageOutput(page.map(VendorView.init))
    }

    static let read = Endpoint(
        .get, "/vendors/{vendor_id}", ID<Vendor>.self, tag: .vendors, summary: "Read a vendor",
        policy: .require(.vendorsRead, on: .vendor),
        returns: .ok(VendorView.self)
    ) { request, services in
        let vendor = try await services.commerce.vendors.vendor(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let vendor else { throw Problem.notFound("vendor") }
        return VendorView(vendor: vendor)
    }
}

struct VendorCreateInput: APIInput {
    let vendor: NewVendor

    init(_ fields: inout Fields) {
        vendor = NewVendor(
            name: fields.required(
                "name", .text(NewVendor.name), "As customers know it", example: "Lekha Software, Dhaka"),
            email: fields.required("email", .email, "Where sales are announced", example: "sales@lekha.example"),
            commissionRate: Rate(
                partsPerMillion: fields.required(
                    "commission_ppm", .integer(NewVendor.commissionPPM),
                    "The marketplace’s share of a sale in parts per million; orders freeze it", example: 125_000)))
    }
}

struct VendorView: APIOutput {
    let vendor: Vendor

    static let example = VendorView(
        vendor: Vendor(
            id: .example, name: "Lekha Software, Dhaka", email: .example, status: .active,
            commissionRate: .percent(12.5), createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", vendor.id)
        out.field("name", vendor.name)
        out.field("email", vendor.email.rawValue, "Where sales are announced")
        out.field("status", vendor.status)
        out.field(
            "commission_ppm", vendor.commissionRate.partsPerMillion, "The marketplace’s share, in parts per million")
        out.field("created_at", vendor.createdAt)
    }
}
