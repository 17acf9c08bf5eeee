import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Shipping
import Vendors

extension EndpointTag {
    static let shipping = EndpointTag(
        "Shipping", "Where parcels go, by which ways and for how much; where cash is collected.")
}

/// Zones that parcels go to.
enum ShippingZoneEndpoints {
    static let all: [Endpoint] = [create, list, read, update, remove] + ShippingMethodEndpoints.all

    static let create = Endpoint(
        .post, "/shipping_zones", tag: .shipping, summary: "Create a shipping zone",
        description: """
            Of one owner’s zones the one counts that fits an address most closely: post codes before regions, few codes before many. \
            Where it has no methods, nothing goes there. A vendor that has zones of its own ships by them alone.
            """,
        policy: .require(.shippingManage, on: .vendor), idempotency: .required, body: ShippingZoneCreateInput.self,
        returns: .created(
            ShippingZoneView.self, version: \.zone.version, location: { "/shipping_zones/\($0.zone.id)" })
    ) { request, work, services in
        ShippingZoneView(
            zone: try await services.shipping.keepZones.create(request.body.zone, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/shipping_zones", tag: .shipping, summary: "List shipping zones, newest first",
        policy: .require(.shippingRead, on: .vendor), query: ShippingZonesQuery.self,
        returns: .page(of: ShippingZoneView.self)
    ) { request, services in
        let page = try await services.shipping.zones.zones(
            of: request.query.vendor, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(ShippingZoneView.init))
    }

    static let read = Endpoint(
        .get, "/shipping_zones/{zone_id}", ID<ShippingZone>.self, tag: .shipping,
        summary: "Read a shipping zone with its methods", policy: .require(.shippingRead, on: .vendor),
        returns: .ok(ShippingZoneDetailsView.self, version: \.details.zone.version)
    ) { request, services in
        let found = try await services.shipping.zones.details(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let found else { throw Problem.notFound("shipping zone") }
        return ShippingZoneDetailsView(details: found)
    }

    static let update = Endpoint(
        .patch, "/shipping_zones/{zone_id}", ID<ShippingZone>.self, tag: .shipping, summary: "Edit a shipping zone",
        description: "What is left out stays as it is; areas that are given replace all.",
        policy: .require(.shippingManage, on: .vendor), edit: .ifMatch, body: ShippingZoneUpdateInput.self,
        returns: .ok(ShippingZoneView.self, version: \.zone.version)
    ) { request, work, services in
        ShippingZoneView(
            zone: try await services.shipping.keepZones.update(
                request.path, request.body.changes, version: request.expectedVersion, by: request.principal, in: work))
    }

    static let remove = Endpoint(
        .delete, "/shipping_zones/{zone_id}", ID<ShippingZone>.self, tag: .shipping,
        summary: "Remove a shipping zone with its methods", description: "Orders keep what they were charged.",
        policy: .require(.shippingManage, on: .vendor), returns: .noContent
    ) { request, work, services in
        try await services.shipping.keepZones.remove(request.path, by: request.principal, in: work)
        return NoContent()
    }
}

struct ShippingZonesQuery: APIInput {
    let vendor: ID<Vendor>?
    let page: PageRequest

    init(_ fields: inout Fields) {
        vendor = fields.optional("vendor_id", .id(Vendor.self), "Only those of one vendor")
        page = fields.page()
    }
}

struct ShippingZoneCreateInput: APIInput {
    let zone: NewShippingZone

    init(_ fields: inout Fields) {
        zone = NewShippingZone(
            vendor: fields.optional(
                "vendor_id", .id(Vendor.self), "Whose; left out: the marketplace’s own", example: .example),
            name: fields.required("name", .text(ShippingZone.name), "For people", example: "Maharashtra"),
            areas: fields.required(
                "areas", .array(of: .object(ShippingAreaCreateInput.self), count: ShippingZone.areaCount),
                "What it is made of"
            ).map(\.area))
    }
}

struct ShippingZoneUpdateInput: APIInput {
    let changes: ShippingZoneChanges

    init(_ fields: inout Fields) {
        changes = ShippingZoneChanges(
            name: fields.change("name", .text(ShippingZone.name), "For people", example: "West India").value,
            areas: fields.change(
                "areas", .array(of: .object(ShippingAreaCreateInput.self), count: ShippingZone.areaCount),
                "What it is made of"
            ).value?.map(\.area))
    }
}

struct ShippingAreaCreateInput: APIInput {
    let area: ShippingArea

    init(_ fields: inout Fields) {
        let from = fields.optional(
            "postal_from", .text(PostalRange.code), "The first post code; left out: all of them", example: "400001")
        let through = fields.optional(
            "postal_through", .text(PostalRange.code), "The last one; left out: the first alone", example: "400104")
        area = ShippingArea(
            country: fields.required("country", .text(ShippingArea.country), "ISO 3166-1 alpha-2", example: "IN"),
            region: fields.optional(
                "region", .text(ShippingArea.region), "A State, division or district, by code or name", example: "27"),
            postalCodes: from.map { PostalRange(from: $0, through: through ?? $0) })
        fields.check(from != nil || through == nil, "postal_from", code: "required", "is required with postal_through")
    }
}

struct ShippingZoneView: APIOutput {
    let zone: ShippingZone

    static let example = ShippingZoneView(
        zone: ShippingZone(
            id: .example, vendor: .example, name: "Maharashtra",
            areas: [
                ShippingArea(country: "IN", region: "27", postalCodes: PostalRange(from: "400001", through: "400104"))
            ],
            createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", zone.id)
        out.field("vendor_id", zone.vendor, "Null: the marketplace’s own")
        out.field("name", zone.name)
        out.field("areas", zone.areas.map(ShippingAreaView.init))
        out.field("version", zone.version, "Grows with every edit; also the ETag")
        out.field("created_at", zone.createdAt)
    }
}

struct ShippingAreaView: APIOutput {
    let area: ShippingArea

    static let example = ShippingAreaView(area: ShippingZoneView.example.zone.areas[0])

    func write(to out: inout ObjectWriter) {
        out.field("country", area.country, "ISO 3166-1 alpha-2")
        out.field("region", area.region, "The code of a State, division or district; null: all of the country")
        out.field("postal_from", area.postalCodes?.from, "Null: all post codes")
        out.field("postal_through", area.postalCodes?.through)
    }
}

struct ShippingZoneDetailsView: APIOutput {
    let details: ShippingZoneDetails

    static let example = ShippingZoneDetailsView(
        details: ShippingZoneDetails(
            zone: ShippingZoneView.example.zone, methods: [ShippingMethodView.example.method]))

    func write(to out: inout ObjectWriter) {
        ShippingZoneView(zone: details.zone).write(to: &out)
        out.field("methods", details.methods.map(ShippingMethodView.init), "The oldest first")
    }
}
