import Addresses
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

/// Where vendors' parcels are fetched.
enum VendorLocationEndpoints {
    static let all: [Endpoint] = [add, list, update]

    static let add = Endpoint(
        .post, "/vendors/{vendor_id}/pickup_locations", ID<Vendor>.self, tag: .vendors,
        summary: "Add a place where parcels are fetched",
        description:
            "Without `registration_id` the only registration of the place’s State, where there is one, is taken.",
        policy: .require(.vendorsUpdate, on: .vendor), idempotency: .required, body: PickupLocationCreateInput.self,
        returns: .created(PickupLocationView.self, version: \.location.version), problems: [.vendorUnidentified]
    ) { request, work, services in
        PickupLocationView(
            location: try await services.vendors.pickupLocations.add(
                request.body.location, to: request.path, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/vendors/{vendor_id}/pickup_locations", ID<Vendor>.self, tag: .vendors,
        summary: "List where a vendor’s parcels are fetched, oldest first", policy: .require(.vendorsRead, on: .vendor),
        returns: .ok(ListOutput<PickupLocationView>.self)
    ) { request, services in
        let reach = request.principal.visibility
        try await services.vendors.require(request.path, visibleTo: reach, in: services.postgres)
        let all = try await PickupLocationStore().locations(
            of: request.path, visibleTo: reach, in: services.postgres)
        return ListOutput(all.map(PickupLocationView.init))
    }

    static let update = Endpoint(
        .patch, "/vendors/{vendor_id}/pickup_locations/{pickup_location_id}", ID<Vendor>.self,
        ID<PickupLocation>.self, tag: .vendors, summary: "Edit a place where parcels are fetched",
        description: "What is left out stays as it is.", policy: .require(.vendorsUpdate, on: .vendor), edit: .ifMatch,
        body: PickupLocationUpdateInput.self, returns: .ok(PickupLocationView.self, version: \.location.version),
        problems: [.vendorUnidentified]
    ) { request, work, services in
        PickupLocationView(
            location: try await services.vendors.pickupLocations.update(
                request.path.1, of: request.path.0, request.body.changes, version: request.expectedVersion,
                by: request.principal, in: work))
    }
}

struct PickupLocationCreateInput: APIInput {
    let location: NewPickupLocation

    init(_ fields: inout Fields) {
        location = NewPickupLocation(
            name: fields.required("name", .text(PickupLocation.name), "For people", example: "Warehouse"),
            phone: fields.required(
                "phone", .text(PickupLocation.phone), "Whom the courier calls, as it is typed there",
                example: "01712345678"),
            address: fields.required("address", .object(VendorAddressCreateInput.self), "Where it is").address,
            registration: fields.optional(
                "registration_id", .id(TaxRegistration.self), "The registration that goods are sold under from here"))
    }
}

struct PickupLocationUpdateInput: APIInput {
    let changes: PickupLocationChanges

    init(_ fields: inout Fields) {
        changes = PickupLocationChanges(
            name: fields.change("name", .text(PickupLocation.name), "For people", example: "Old warehouse").value,
            phone: fields.change("phone", .text(PickupLocation.phone), "Whom the courier calls").value,
            address: fields.change("address", .object(VendorAddressCreateInput.self), "Where it is").value?.address,
            registration: fields.change(
                "registration_id", .id(TaxRegistration.self), "The registration that goods are sold under from here"
            ).value,
            isActive: fields.change("is_active", .boolean, "Whether couriers are sent there").value)
    }
}

struct PickupLocationView: APIOutput {
    let location: PickupLocation

    static let example = PickupLocationView(
        location: PickupLocation(
            id: .example, vendor: .example, name: "Warehouse", phone: .example, address: .example,
            registration: .example, createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", location.id)
        out.field("name", location.name)
        out.field("phone", location.phone.rawValue)
        out.field("address", VendorAddressView(address: location.address))
        out.field("registration_id", location.registration, "The registration that goods are sold under from here")
        out.field("is_active", location.isActive, "Whether couriers are sent there")
        out.field("version", location.version, "Grows with every edit; also the ETag")
        out.field("created_at", location.createdAt)
    }
}
